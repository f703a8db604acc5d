import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openRulewright, RulewrightError, type Rulewright, type RulewrightOptions } from "../../src/index.ts";
import { createGate } from "../../src/library/gate.ts";
import { listenHttp, type Listener } from "../outbound/listener.ts";
import { webhook } from "./application.ts";

let folder: string;
let opened: Rulewright[];
let receivers: Listener[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rulewright-options-"));
  opened = [];
  receivers = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(opened.map((rulewright) => rulewright.close()));
  await Promise.all(receivers.map((receiver) => receiver.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: RulewrightOptions = {}): Promise<Rulewright> {
  const rulewright = await openRulewright({ store: `sqlite:${join(folder, "a.db")}`, logLevel: "silent", ...options });
  opened.push(rulewright);
  return rulewright;
}

const created = (id: string) => ({ module: "invoices", type: "created", record: { invoice_id: id } });

describe("a wrong option", () => {
  const records = { get: () => null, update: () => undefined };
  it.each([
    [{ stor: "sqlite:a.db" }, "stor", 'unknown key "stor"'],
    [{ store: 5 }, "store", "expected text of 1 or more characters, got 5"],
    [{ store: "postgres://x" }, "store", 'expected sqlite:<file>, sqlite::memory: or mongodb://<host>/<database>, got "postgres://x"'],
    [{ store: "mongodb://:hushhush" }, "store", "expected mongodb://<user>:<password>@<host>:<port>/<database>"],
    [{ store: "mongodb://db.invalid" }, "RULEWRIGHT_SECRET_KEY", "expected a key of 32 characters or more"],
    [{ rules: ["./rules"] }, "rules", "expected text of 1 or more characters, got a list of 1"],
    [{ mail: { url: "http://x" } }, "mail.url", "expected an SMTP URL such as smtp://host:587"],
    [{ mail: { from: "nobody" } }, "mail.from", 'expected one plain address such as billing@example.com, got "nobody"'],
    [{ mail: { sender: "a@b.example" } }, "mail.sender", 'unknown key "sender"'],
    [{ outbound: { allow: ["127.0.0.0/8", "10.0.0.0/99"] } }, "outbound.allow.1", 'expected a CIDR such as 127.0.0.0/8, got "10.0.0.0/99"'],
    [{ outbound: { ports: ["80"] } }, "outbound.ports.0", 'expected a whole number from 1 to 65535, got "80"'],
    [{ records: () => null }, "records", "expected { get, update, findByDate? }"],
    [{ records: { get: records.get } }, "records.update", "expected a function"],
    [{ records: { ...records, findByDate: [] } }, "records.findByDate", "expected a function, got an empty list"],
    [{ functions: { applyLateFee: "code" } }, "functions.applyLateFee", 'expected a function, got "code"'],
    [{ retentionDays: -1 }, "retentionDays", "expected a whole number from 0 to 36500, got -1"],
    [{ logLevel: "loud" }, "logLevel", 'expected one of trace, debug, info, warn, error, fatal, silent, got "loud"'],
    [{ secretKey: "hushhush" }, "secretKey", "expected 32 characters or more"],
    [{ clock: {} }, "clock", 'unknown key "clock"'],
  ])("%j is named, and nothing is opened", async (wrong, path, message) => {
    // As a caller without types gives it.
    const error: unknown = await open(wrong as RulewrightOptions).catch((thrown: unknown) => thrown);
    if (!(error instanceof RulewrightError)) throw error;
    expect(error.code).toBe("validation_failed");
    expect(error.issues).toMatchObject([{ path, message: expect.stringContaining(message) }]);
    expect(error.message).not.toContain("hushhush");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("of the environment is named by its variable", async () => {
    vi.stubEnv("RULEWRIGHT_MAIL_FROM", "nobody");
    await expect(open()).rejects.toThrow("RULEWRIGHT_MAIL_FROM: expected one address such as billing@example.com");
  });
});

it("what fails after the store was opened lets go of it", async () => {
  writeFileSync(join(folder, "a.db.key"), "no key");
  await expect(open()).rejects.toMatchObject({ code: "validation_failed" });
  // SQLite removes its log when the last connection closes.
  expect(readdirSync(folder).toSorted()).toEqual(["a.db", "a.db.key"]);
});

describe("an option that is left out", () => {
  it("is what its environment variable says", async () => {
    vi.stubEnv("RULEWRIGHT_STORE", `sqlite:${join(folder, "env.db")}`);
    vi.stubEnv("RULEWRIGHT_RULES", join(folder, "rules.yaml"));
    writeFileSync(join(folder, "rules.yaml"), webhook("tell", "url: https://erp.example/"));
    const rulewright = await openRulewright({ logLevel: "silent" });
    opened.push(rulewright);
    expect((await rulewright.webhooks.list()).data).toMatchObject([{ name: "tell" }]);
    expect(readdirSync(folder)).toContain("env.db");
  });
});

it("the secret key is the one that secrets are kept with", async () => {
  const secret = "twentyFourLettersAndSome";
  const first = await open({ secretKey: "a".repeat(32) });
  await first.webhooks.create({ name: "erp", module: "invoices", url: "https://erp.example/", secret });
  await first.close();
  expect(readdirSync(folder).filter((name) => name.endsWith(".key"))).toEqual([]);
});

/** A receiver that keeps every request open until it is told to answer. */
async function holding(): Promise<Listener & { readonly arrived: Promise<void>; answer(): void }> {
  let answer = (): void => undefined;
  let arrive = (): void => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const receiver = await listenHttp((_received, response) => {
    answer = () => void response.writeHead(200).end();
    arrive();
  });
  receivers.push(receiver);
  return { ...receiver, arrived, answer: () => answer() };
}

function telling(receiver: Listener): RulewrightOptions {
  const rules = join(folder, "rules.yaml");
  writeFileSync(rules, webhook("tell", `url: http://127.0.0.1:${receiver.port}/`));
  return { rules, outbound: { allow: ["127.0.0.0/8"], ports: [receiver.port] } };
}

describe("close", () => {
  it("in the middle of a delivery lets it come to its end, and who waits for it hears of it", async () => {
    const receiver = await holding();
    const rulewright = await open(telling(receiver));
    const emitting = rulewright.emit(created("1"), { wait: true });
    await receiver.arrived;
    const closing = rulewright.close();
    await expect(rulewright.emit(created("2"))).rejects.toMatchObject({ name: "RulewrightError", code: "conflict" });
    receiver.answer();
    expect((await emitting).executions).toMatchObject([{ runs: [{ status: "succeeded" }] }]);
    await closing;
  });

  it("waits for the calls under way", async () => {
    const gate = createGate();
    let end = (): void => undefined;
    const call = gate.run(() => new Promise<void>((resolve) => (end = resolve)));
    let isQuiet = false;
    const quiet = gate.quiet(20_000).then(() => (isQuiet = true));
    gate.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isQuiet).toBe(false);
    end();
    await Promise.all([call, quiet]);
    await expect(gate.run(async () => 1)).rejects.toMatchObject({ code: "conflict" });
  });

  it("refuses every method afterwards", async () => {
    const rulewright = await open();
    await rulewright.close();
    const late = [
      () => rulewright.idle(),
      () => rulewright.events.list(),
      () => rulewright.records.get("invoices", "1"),
      () => rulewright.workflowRules.list(),
      () => rulewright.organization.get(),
      () => rulewright.usage(),
      () => rulewright.validateRules(folder),
    ];
    for (const call of late) await expect(call()).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("closed") });
  });

  it("comes by itself at the end of an `await using` block", async () => {
    const rulewright = await open();
    await rulewright[Symbol.asyncDispose]();
    await expect(rulewright.events.list()).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("two instances on one file", () => {
  it("both work, each with what the other keeps; closing one leaves the other", async () => {
    const receiver = await listenHttp((_received, response) => void response.writeHead(200).end());
    receivers.push(receiver);
    const [one, two] = [await open(telling(receiver)), await open(telling(receiver))];
    const ids = Array.from({ length: 20 }, (_, index) => String(index));
    const emitted = await Promise.all(
      ids.map((id, index) => (index % 2 === 0 ? one : two).emit({ id: `evt-${id}`, ...created(id) }, { wait: true })),
    );
    expect(emitted.map((each) => each.executions?.[0]?.runs[0]?.status)).toEqual(ids.map(() => "succeeded"));
    expect(receiver.received).toHaveLength(20);
    expect(await two.emit({ id: "evt-0", ...created("0") })).toEqual({ id: "evt-0", status: "duplicate" });
    expect((await one.events.list({ limit: 200 })).data).toHaveLength(20);
    await one.close();
    expect((await two.emit(created("20"), { wait: true })).executions).toMatchObject([{ runs: [{ status: "succeeded" }] }]);
    expect((await two.actionRuns.list({ status: "succeeded", limit: 200 })).data).toHaveLength(21);
  });
});
