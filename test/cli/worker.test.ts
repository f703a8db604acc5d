import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { webhook } from "../end-to-end/application.ts";
import { listenHttp, type Listener } from "../outbound/listener.ts";
import { KEY, serve, worker, type Started } from "../support/serve.ts";
import { cli } from "./run.ts";

let folder: string;
let store: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rulewright-worker-"));
  store = `sqlite:${join(folder, "x.db")}`;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("worker", () => {
  const argv = (...more: readonly string[]) => ["worker", "--log-level", "silent", ...more];

  beforeEach(() => openSqliteStore(join(folder, "x.db")).close());

  it("says what it works on, and where mails go that fall to it", async () => {
    const written = `written to ${join(folder, "outbox")}/ as .eml files: set RULEWRIGHT_SMTP_URL to send them`;
    const { code, out, err } = await cli(argv("--store", store));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(new RegExp(`^Rulewright \\S+ works on ${join(folder, "x.db")}\\n  mails  ${written}\\n$`));
    expect(JSON.parse((await cli(argv("--store", store, "--json"))).out)).toEqual({ store, mails: written });
    const env = { RULEWRIGHT_SMTP_URL: "smtp://ada:hush@mail.example:25" };
    expect((await cli(argv("--store", store), { env })).out).toMatch(/\n {2}mails {2}sent through mail\.example:25\n$/);
  });

  it("applies no rules folder: a mistake in it is none of its business", async () => {
    writeFileSync(join(folder, "rules.yaml"), "kind: Nonsense");
    expect(await cli(argv("--store", store), { env: { RULEWRIGHT_RULES: folder } })).toMatchObject({ code: 0, err: "" });
    expect((await cli(argv("--rules", folder))).err).toContain("unknown option '--rules'");
  });

  it("refuses a file that is not there, and makes neither it nor its folder", async () => {
    const typo = join(folder, "typo", "x.db");
    const { code, out, err } = await cli(argv("--store", `sqlite:${typo}`));
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(`There is no store at ${typo}: name the one that \`rulewright serve\` uses`);
    expect(existsSync(dirname(typo))).toBe(false);
  });

  it("refuses a store that nobody else can see", async () => {
    const { code, out, err } = await cli(argv("--store", "sqlite::memory:"));
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("nobody else can see sqlite::memory:");
  });
});

/** Runs of one type that a process has in flight at most. */
const SLOTS = 64;
const EVENTS = SLOTS * 3;

describe("a serve and two workers on one file", () => {
  let receiver: Listener & { readonly received: readonly { readonly headers: Readonly<Record<string, unknown>> }[] };
  let processes: Started[];
  /** Lets the receiver answer what it holds back, and everything after. */
  let release: () => void;
  /** Resolves when every process has its slots full. */
  let full: Promise<void>;

  beforeEach(async () => {
    processes = [];
    const released = new Promise<void>((resolve) => (release = resolve));
    let seen = 0;
    let fill: () => void;
    full = new Promise((resolve) => (fill = resolve));
    receiver = await listenHttp((_received, response) => {
      if (++seen === EVENTS) fill();
      void released.then(() => response.writeHead(200).end());
    });
  });
  afterEach(async () => {
    release();
    await Promise.all(processes.map((each) => each.kill("SIGKILL")));
    await receiver.close();
  });

  it("share what is due, none does what another does, and SIGTERM lets each end what it has begun", { timeout: 30_000 }, async () => {
    const rules = join(folder, "rules");
    mkdirSync(rules);
    writeFileSync(join(rules, "rules.yaml"), webhook("tell", `url: http://127.0.0.1:${receiver.port}/`));
    const env = { RULEWRIGHT_OUTBOUND_ALLOW: "127.0.0.0/8", RULEWRIGHT_OUTBOUND_PORTS: String(receiver.port) };
    const served = await serve(["--store", store, "--rules", rules], env);
    processes.push(served, ...(await Promise.all([worker(["--store", store], env), worker(["--store", store], env)])));

    const events = Array.from({ length: EVENTS }, (_, n) => ({ module: "invoices", type: "created", record: { invoice_id: String(n) } }));
    const { status } = await fetch(`${served.url}/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
      body: JSON.stringify(events),
    });
    expect(status).toBe(202);
    // Nothing was answered yet, so no process has more than its slots: what arrived came from all three.
    await full;
    const exits = processes.map(({ child }) => once(child, "exit"));
    for (const { child } of processes) child.kill("SIGTERM");
    release();
    expect(await Promise.all(exits)).toEqual([
      [0, null],
      [0, null],
      [0, null],
    ]);

    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(EVENTS);
    expect(receiver.received).toHaveLength(EVENTS);
    expect(await outcomes()).toEqual({ succeeded: EVENTS });
  });

  /** How many runs ended how, each after one attempt. */
  async function outcomes(): Promise<Readonly<Record<string, number>>> {
    const ledger = openSqliteStore(join(folder, "x.db"));
    const { data } = await ledger.runs.runs({ organization: "default" }, { limit: 1000, cursor: null });
    await ledger.close();
    const counts: Record<string, number> = {};
    for (const { status, attempts } of data) if (attempts.length === 1) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }
});
