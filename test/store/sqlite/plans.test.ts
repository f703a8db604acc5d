import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ACTION_TYPES } from "../../../src/model/action-type.ts";
import { RUN_STATUSES } from "../../../src/model/run.ts";
import { openDatabase } from "../../../src/store/sqlite/database.ts";
import type { DateKey } from "../../../src/store/dates.ts";
import type { Move } from "../../../src/store/runs.ts";
import { openSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../../src/store/store.ts";
import { FIRST_PAGE, take } from "../../contract/ledger.ts";
import {
  makeCascade,
  makeClaim,
  makeDecided,
  makeEvent,
  makeKey,
  makeNewRun,
  makeNotification,
  makeQuota,
  makeRunning,
  makeSettlement,
  makeSlots,
  NOW,
} from "../../support/make.ts";

type Ran = { readonly sql: string; readonly values: readonly unknown[] };

// Every statement that the store runs is noted with what was bound to it: SQLite plans by both.
const noted = vi.hoisted(() => ({ ran: [] as Ran[] }));
vi.mock(import("better-sqlite3"), async (original) => {
  const { default: Database } = await original();
  function Noting(path: string) {
    const opened = new Database(path);
    const prepare = opened.prepare.bind(opened);
    return Object.assign(opened, {
      prepare(sql: string) {
        const statement = prepare<unknown[]>(sql);
        for (const method of ["get", "all", "run"] as const) {
          const run = statement[method].bind(statement);
          Object.assign(statement, {
            [method](...values: unknown[]) {
              noted.ran.push({ sql, values });
              return run(...values);
            },
          });
        }
        return statement;
      },
    });
  }
  // The type also names better-sqlite3's errors and types, which nobody asks this one for.
  return { default: Noting as unknown as typeof Database };
});

const db = openDatabase(":memory:");
let store: Store;
beforeAll(() => {
  store = openSqliteStore(":memory:");
});
afterAll(async () => {
  await store.close();
  db.close();
});

const DUE: DateKey = { field: "due_date", cycle: "once", key: 5 };
const park = (run: string, from: number | null): Move => ({
  run,
  from,
  to: { status: "scheduled", reason: "dateEmpty", dueAt: null, zone: "Asia/Kolkata" },
});

/** The plans of everything that `work` runs, by statement. */
async function plansOf(work: () => Promise<unknown>): Promise<ReadonlyMap<string, readonly string[]>> {
  noted.ran.length = 0;
  await work();
  const ran = [...noted.ran].filter(({ sql }) => /^\s*(select|insert|update|delete)/.test(sql));
  return new Map(
    ran.map(({ sql, values }) => {
      const plan = db.prepare<unknown[], { detail: string }>(`explain query plan ${sql}`).all(...values);
      return [sql, plan.map(({ detail }) => detail)];
    }),
  );
}

// The size of these grows with use; json_each and a page's own rows do not.
const TABLES = "runs|events|records|notifications|first_time|quota|other|found|record_dates|dates|marks";
const SCAN = new RegExp(`^SCAN (${TABLES})\\b`);
/** An index of the few records that have an edit to take in, and the runs of one event: few whatever the tables hold. */
const FEW = /USING INDEX (records_outbox$|runs_event \(event_seq=\?\))/;
/** A table or an index in its order, stopping at the page's end: nothing is sorted that is not few. */
const walks = (plan: readonly string[]) => !plan.some((step) => step.startsWith("USE TEMP B-TREE")) || plan.some((step) => FEW.test(step));
/** One row by key, or a range of an index: nothing that grows with the table. */
const searches = (plan: readonly string[]) => walks(plan) && !plan.some((step) => SCAN.test(step) && !FEW.test(step));

/** The statements whose plan is not good, each with its plan. */
function bad(plans: ReadonlyMap<string, readonly string[]>, good: (plan: readonly string[]) => boolean): readonly string[] {
  if (plans.size === 0) throw new Error("expected statements");
  return [...plans].filter(([, plan]) => !good(plan)).map(([sql, plan]) => [sql, ...plan].join("\n    -> "));
}

describe("nothing scans", () => {
  const event = makeEvent({ id: "evt-plans", firstTimeRules: ["rule-1"], expectRevision: 0 });
  const update = makeNewRun(event, { n: 2, action: { type: "fieldUpdate", name: "close" } });

  it.each<[string, () => Promise<unknown>]>([
    [
      "intake",
      () => store.events.intake(event, () => makeDecided({ firstTime: ["rule-1"], runs: [makeRunning(event, {}, makeQuota()), update] })),
    ],
    ["a duplicate", () => store.events.intake(event, () => makeDecided())],
    ["an event by id", () => store.events.event("default", event.id)],
    ["claim", () => store.runs.claim(makeClaim({ slots: makeSlots(50) }))],
    ["a heartbeat", () => store.runs.extend([{ ...update.run, token: 1 }], NOW + 9_000)],
    ["taking quota", () => store.runs.takeQuota({ ...update.run, token: 1 }, makeQuota(), NOW)],
    ["a field update", () => store.records.update(makeKey(), update.run.id, ({ body }) => ({ body, cascade: makeCascade(), dates: null }))],
    ["the outbox", () => store.records.outbox(100)],
    ["outbox done", () => store.records.outboxDone(makeCascade())],
    ["settle, freeing and forgetting", () => store.runs.settle({ ...update.run, token: 1 }, makeSettlement({ status: "failed" }))],
    ["the next due instant", () => store.runs.nextDue(NOW)],
    ["a run", () => store.runs.run("default", update.run.id)],
    ["an event's runs", () => store.runs.runsOfEvent("default", event.id)],
    ["an execution", () => store.runs.execution("default", update.run.execution ?? "")],
    ["a retry by a person", () => store.runs.retry("default", update.run.id, NOW)],
    ["a cancellation", () => store.runs.cancel("default", update.run.id, NOW)],
    ["first-time memory", () => store.events.firedBefore("default", ["rule-1"], "90300")],
    ["the deletion of old events", () => store.retention.expire(NOW + 1, null, 100)],
    [
      "an edit that moves a run and writes dates",
      () =>
        store.events.intake(makeEvent({ id: "evt-edit", type: "edited", occurredAt: NOW + 1, dates: [DUE] }), ({ pending }) =>
          makeDecided({ moves: [...pending.map(({ id, dueAt }) => park(id, dueAt)), park("run_none", NOW)] }),
        ),
    ],
    ["a move", () => store.runs.move("default", park("run_none", NOW))],
    ["runs of another zone", () => store.runs.ofOtherZone("default", "Asia/Kolkata", 200)],
    ["a mark", () => store.marks.mark("default", "date rul_1")],
    ["making a mark", () => store.marks.setMark("default", "date rul_1", 0, {})],
    ["changing a mark", () => store.marks.setMark("default", "date rul_1", 1, {})],
    ["usage", () => store.runs.usage("default", "2026-11-20")],
    ["a record", () => store.records.record(makeKey())],
    ["a deletion", () => take(store, makeEvent({ id: "evt-deletion", type: "deleted" }))],
    ["adding notifications", () => store.notifications.add([makeNotification()])],
    ["marking one as read", () => store.notifications.markRead("default", "ntf-1")],
  ])("by %s", async (_title, work) => {
    expect(bad(await plansOf(work), searches)).toEqual([]);
  });

  // First pages and later ones are planned for themselves.
  const cursors = { number: Buffer.from("[5]").toString("base64url"), text: Buffer.from('["a"]').toString("base64url") };
  const dated = Buffer.from('[5,"a"]').toString("base64url");
  const due = Buffer.from("[5,5]").toString("base64url");

  it.each<[string, (page: { limit: number; cursor: string | null }) => Promise<unknown>, string]>([
    ["a module's records", (page) => store.records.records("default", "invoices", page), cursors.text],
    [
      "records by their dates",
      (page) => store.dates.dated({ organization: "default", module: "invoices", ...DUE, from: 0, to: 9 }, page),
      dated,
    ],
    ["records whose dates are written anew", (page) => store.dates.reindex(makeKey(), NOW, page, () => [DUE]), cursors.text],
    ["scheduled runs", (page) => store.runs.runs({ organization: "default", status: "scheduled" }, page), due],
    ["an event's", (page) => store.runs.runs({ organization: "default", event: "evt-1" }, page), cursors.number],
    ["a rule's runs", (page) => store.runs.runs({ organization: "default", rule: "rule-1" }, page), cursors.number],
    ["failed runs", (page) => store.runs.runs({ organization: "default", status: "failed" }, page), cursors.number],
    ["skipped runs", (page) => store.runs.runs({ organization: "default", status: "skipped" }, page), cursors.number],
    ["a rule's executions", (page) => store.runs.executions({ organization: "default", rule: "rule-1" }, page), cursors.number],
    ["the feed of field updates", (page) => store.events.events({ organization: "default", origin: "fieldUpdate" }, page), cursors.number],
    ["a user's bell", (page) => store.notifications.list({ organization: "default", user: "7605001" }, page), cursors.number],
    [
      "a user's unread",
      (page) => store.notifications.list({ organization: "default", user: "7605001", unread: true }, page),
      cursors.number,
    ],
  ])("by a page of %s", async (_title, list, cursor) => {
    for (const page of [FIRST_PAGE, { limit: 50, cursor }]) expect(bad(await plansOf(() => list(page)), searches)).toEqual([]);
  });

  it("by a page of a record's runs, which are few enough to sort", async () => {
    for (const filter of [{ record: "90300" }, { record: "90300", module: "invoices" }]) {
      const plans = await plansOf(() => store.runs.runs({ organization: "default", ...filter }, FIRST_PAGE));
      expect(bad(plans, (plan) => !plan.some((step) => SCAN.test(step)))).toEqual([]);
    }
  });
});

it("walks in order, and sorts nothing, for a page of anything else", async () => {
  const bounds = { from: NOW, to: NOW + 1 };
  const organization = "default";
  for (const filter of [
    {},
    { module: "invoices" },
    bounds,
    ...RUN_STATUSES.flatMap((status) => [{ status }, { status, module: "invoices" }, { status, ...bounds }]),
    ...ACTION_TYPES.map((type) => ({ type })),
  ]) {
    expect(bad(await plansOf(() => store.runs.runs({ organization, ...filter }, FIRST_PAGE)), walks)).toEqual([]);
    expect(bad(await plansOf(() => store.runs.executions({ organization, ...filter }, FIRST_PAGE)), walks)).toEqual([]);
  }
  for (const filter of [{}, { module: "invoices" }, { record: "90300" }, { type: "edited" }])
    expect(bad(await plansOf(() => store.events.events({ organization, ...filter }, FIRST_PAGE)), walks)).toEqual([]);
  for (const filter of [{}, { unread: true }])
    expect(bad(await plansOf(() => store.notifications.list({ organization, ...filter }, FIRST_PAGE)), walks)).toEqual([]);
});

it("claims through the indexes of what is due and of leases, whatever else there is and however much is due", async () => {
  for (const organization of ["org-a", "org-b"]) {
    const event = makeEvent({ id: "evt-due", organization });
    await take(store, event, ...[1, 2, 3].map((n) => makeNewRun(event, { n })));
  }
  const plans = await plansOf(() => store.runs.claim(makeClaim({ slots: makeSlots(0, { webhook: 4 }) })));
  expect(bad(plans, searches)).toEqual([]);
  expect([...plans.values()].map(([first]) => first?.replace(/^SEARCH runs USING /, ""))).toEqual([
    "COVERING INDEX runs_lease (action_type=? AND lease_until<?)",
    "COVERING INDEX runs_wake (action_type=? AND wake_at<?)",
    "COVERING INDEX runs_wake_of_organization (action_type=? AND organization>?)",
    "COVERING INDEX runs_wake_of_organization (action_type=? AND organization=? AND wake_at<?)",
    "INTEGER PRIMARY KEY (rowid=?)",
    "INTEGER PRIMARY KEY (rowid=?)",
  ]);
});

it("knows the next due instant by the ends of the same indexes", async () => {
  const [plan] = [...(await plansOf(() => store.runs.nextDue(NOW))).values()];
  expect(new Set(plan?.filter((step) => step.includes(" runs ")))).toEqual(
    new Set([
      "SEARCH runs USING COVERING INDEX runs_wake (action_type=? AND wake_at>?)",
      "SEARCH runs USING COVERING INDEX runs_lease (action_type=? AND lease_until>?)",
    ]),
  );
});

it("finds a rule's pending runs by the index of those alone, however many have ended", async () => {
  const [plan] = [...(await plansOf(() => store.runs.pendingOfRule("default", "rule-1", NOW, 500))).values()];
  expect(plan).toEqual(["SEARCH runs USING INDEX runs_pending_of_rule (rule_id=? AND organization=?)"]);
});
