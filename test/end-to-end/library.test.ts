import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRulewright, RulewrightError, type Rulewright, type RulewrightOptions } from "../../src/index.ts";
import { listenHttp } from "../outbound/listener.ts";
import { webhook, type Receiver } from "./application.ts";

let folder: string;
let receiver: Receiver;
let opened: Rulewright[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "rulewright-library-"));
  receiver = await listenHttp((_received, response) => void response.writeHead(200).end());
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((rulewright) => rulewright.close()));
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An engine on the file `<name>.db`, with these rules. */
async function open(name: string, rules: string | null, options: RulewrightOptions = {}): Promise<Rulewright> {
  const rulesFolder = join(folder, `${name}-rules`);
  mkdirSync(rulesFolder, { recursive: true });
  if (rules !== null) writeFileSync(join(rulesFolder, "rules.yaml"), rules);
  const rulewright = await openRulewright({
    store: `sqlite:${join(folder, `${name}.db`)}`,
    ...(rules === null ? {} : { rules: rulesFolder }),
    outbound: { allow: ["127.0.0.0/8"], ports: [receiver.port] },
    logLevel: "silent",
    ...options,
  });
  opened.push(rulewright);
  return rulewright;
}

const tell = (path: string): string => webhook("tell", `url: http://127.0.0.1:${receiver.port}/${path}`);
const created = (id: string) => ({ module: "invoices", type: "created", record: { invoice_id: id, total: "12000.0" } });
const urls = (): string[] => receiver.received.map(({ url }) => url);

describe("emit", () => {
  it("with wait answers what the immediate actions came to", async () => {
    const rulewright = await open("a", tell("a"));
    const { id, status, executions } = await rulewright.emit({ id: "evt-1", ...created("1") }, { wait: true });
    expect({ id, status }).toEqual({ id: "evt-1", status: "accepted" });
    expect(executions).toMatchObject([
      { rule: { name: "tell", version: 1 }, record: "1", runs: [{ action: { type: "webhook", name: "tell" }, status: "succeeded" }] },
    ]);
    expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([executions?.[0]?.runs[0]?.id]);
  });

  it("without wait answers that the event is kept, and idle waits for what it leads to", async () => {
    const rulewright = await open("a", tell("a"));
    const emitted = await rulewright.emit(created("1"));
    expect(emitted).toEqual({ id: expect.stringMatching(/^evt_/), status: "accepted" });
    await rulewright.idle();
    expect(urls()).toEqual(["/a"]);
  });

  it("knows an event that was sent before, and refuses other content under its id", async () => {
    const rulewright = await open("a", tell("a"));
    const event = { id: "evt-1", ...created("1") };
    await rulewright.emit(event, { wait: true });
    expect(await rulewright.emit(event, { wait: true })).toMatchObject({ id: "evt-1", status: "duplicate" });
    await expect(rulewright.emit({ ...event, ...created("2") })).rejects.toMatchObject({
      name: "RulewrightError",
      code: "idempotency_conflict",
    });
    expect(urls()).toEqual(["/a"]);
  });

  it("refuses what is no event and says what is wrong with it", async () => {
    const rulewright = await open("a", tell("a"));
    await expect(rulewright.emit({ ...created("1"), module: "invoice" })).rejects.toSatisfy(
      (error: unknown) =>
        error instanceof RulewrightError && error.code === "validation_failed" && error.issues[0]?.hint === 'did you mean "invoices"?',
    );
  });
});

describe("idle", () => {
  it("resolves where nothing is due, though something is planned for later", async () => {
    const rulewright = await open(
      "a",
      tell("a")
        .replace("immediateActions: [", "timeBasedActions: [{ execute: { after: { days: 1 } }, actions: [")
        .replace(/\]\n$/, "] }]\n"),
    );
    await rulewright.emit(created("1"));
    await rulewright.idle();
    expect(urls()).toEqual([]);
  });
});

describe("close", () => {
  it("may be called twice, and lets what runs come to an end", async () => {
    const rulewright = await open("a", tell("a"));
    await rulewright.emit(created("1"));
    await Promise.all([rulewright.close(), rulewright.close()]);
    await rulewright.close();
    expect(urls()).toEqual(["/a"]);
    await expect(rulewright.emit(created("2"))).rejects.toMatchObject({ name: "RulewrightError", code: "conflict" });
  });

  it("leaves the store as it is for the next one: events, and the rules where none are given", async () => {
    const first = await open("a", tell("a"));
    await first.emit({ id: "evt-1", ...created("1") }, { wait: true });
    await first.close();
    const second = await open("a", null);
    expect(await second.emit({ id: "evt-1", ...created("1") }, { wait: true })).toMatchObject({ status: "duplicate" });
    expect((await second.emit(created("2"), { wait: true })).executions).toMatchObject([{ rule: { name: "tell", version: 1 } }]);
  });
});

describe("wrong rules", () => {
  const wrong = `kind: WorkflowRule
name: wrong
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - criteria: [{ field: status, comparator: equals, value: paid }]
    immediateActions: [{ type: webhook, name: tell }]
    imediateActions: []
`;

  it("are an error that lists every mistake with its file, line and column", async () => {
    const error = await open("a", wrong).catch((thrown: unknown) => thrown);
    if (!(error instanceof RulewrightError)) throw error;
    const file = join(folder, "a-rules", "rules.yaml");
    expect(error.code).toBe("validation_failed");
    expect(error.issues.map(({ path }) => path)).toEqual([`${file}:6:45`, `${file}:8:5`]);
    expect(error.message).toMatch(/^2 mistakes in /);
    for (const { path, message } of error.issues) expect(error.message).toContain(`${path}: ${message}`);
    expect(error.issues[0]?.hint).toContain("equal");
  });

  it("apply nothing, and let go of the store", async () => {
    await (await open("a", tell("before"))).close();
    await expect(open("a", `${tell("after")}---\n${wrong}`)).rejects.toBeInstanceOf(RulewrightError);
    const rulewright = await open("a", null);
    await rulewright.emit(created("1"), { wait: true });
    expect(urls()).toEqual(["/before"]);
  });

  it.each([
    ["a store of another kind", { store: "postgres://x" }],
    ["a network that is none", { outbound: { allow: ["10.0.0.0/99"] } }],
  ])("are no more acceptable than %s", async (_what, options) => {
    await expect(open("a", null, options)).rejects.toMatchObject({ name: "RulewrightError", code: "validation_failed" });
  });
});

it("two engines in one process have nothing in common but the process", async () => {
  const [one, two] = [await open("one", tell("one")), await open("two", tell("two"))];
  const event = { id: "evt-1", ...created("1") };
  const answers = await Promise.all([one.emit(event, { wait: true }), two.emit(event, { wait: true })]);
  expect(answers.map(({ status }) => status)).toEqual(["accepted", "accepted"]);
  expect(urls().toSorted()).toEqual(["/one", "/two"]);
  await one.close();
  await two.emit(created("2"), { wait: true });
  expect(urls().filter((url) => url === "/two")).toHaveLength(2);
});
