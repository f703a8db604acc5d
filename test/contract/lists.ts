import { describe, expect, it } from "vitest";
import { RulewrightError } from "../../src/model/errors.ts";
import type { ActionRun } from "../../src/model/run.ts";
import type { NewEvent } from "../../src/store/events.ts";
import type { RunFilter } from "../../src/store/runs.ts";
import { makeClaim, makeEvent, makeNewRun, makeRun, makeSettlement, NOW } from "../support/make.ts";
import { allPages, FIRST_PAGE, plan, take, upTo, type Current } from "./ledger.ts";

type Filter = Omit<RunFilter, "organization">;

const RULE_2 = { id: "rule-2", name: "remind", version: 4 };

/** The log: runs and executions by filter, page by page. */
export function listContract(current: Current): void {
  describe("by filter", () => {
    // a: two webhooks and a mail of rule-1; b: one function of rule-2, parked; c: a mail of rule-2 that failed, stored a second later.
    async function fill(): Promise<void> {
      const [a, b, c] = ["a", "b", "c"].map((id, i) =>
        makeEvent({ id, recordId: id === "b" ? "B" : "A", module: id === "c" ? "quotes" : "invoices", storedAt: NOW + i * 1_000 }),
      );
      if (!a || !b || !c) throw new Error("unreachable");
      await take(current(), a, named(a, 1, { dueAt: NOW + 5_000 }), named(a, 2, { dueAt: NOW + 4_000 }), named(a, 3, mail(NOW + 6_000)));
      await take(
        current(),
        b,
        named(b, 1, { rule: RULE_2, dueAt: null, reason: "dateEmpty", action: { type: "customFunction", name: "b1" } }),
      );
      await take(current(), c, named(c, 1, { rule: RULE_2, ...mail(NOW) }));
      for (const { run } of await current().runs.claim(makeClaim())) await current().runs.settle(run, makeSettlement({ status: "failed" }));
    }
    const mail = (dueAt: number): Partial<ActionRun> => ({ dueAt, action: { type: "emailAlert", name: "mail" } });
    const named = (event: NewEvent, n: number, run: Partial<ActionRun>) => makeNewRun(event, { n, ...run });

    it.each<[string, Filter, readonly string[], readonly string[]]>([
      ["nothing", {}, ["c1", "b1", "a3", "a2", "a1"], ["c", "b", "a"]],
      ["status scheduled, in due order with parked runs last", { status: "scheduled" }, ["a2", "a1", "a3", "b1"], ["b", "a"]],
      ["status failed", { status: "failed" }, ["c1"], ["c"]],
      ["status running", { status: "running" }, [], []],
      ["module", { module: "invoices" }, ["b1", "a3", "a2", "a1"], ["b", "a"]],
      ["rule", { rule: "rule-2" }, ["c1", "b1"], ["c", "b"]],
      ["record", { record: "A" }, ["c1", "a3", "a2", "a1"], ["c", "a"]],
      ["type", { type: "emailAlert" }, ["c1", "a3"], ["c", "a"]],
      ["event", { event: "a" }, ["a3", "a2", "a1"], ["a"]],
      ["an unknown event", { event: "none" }, [], []],
      ["from, inclusive", { from: NOW + 1_000 }, ["c1", "b1"], ["c", "b"]],
      ["to, exclusive", { to: NOW + 1_000 }, ["a3", "a2", "a1"], ["a"]],
      ["from and to", { from: NOW + 1, to: NOW + 2_000 }, ["b1"], ["b"]],
      ["status and type of the same run", { status: "scheduled", type: "customFunction" }, ["b1"], ["b"]],
      ["a status and a type that no run has both of", { status: "failed", type: "webhook" }, [], []],
      ["record and module", { record: "A", module: "quotes" }, ["c1"], ["c"]],
      ["rule and status", { rule: "rule-2", status: "failed" }, ["c1"], ["c"]],
      [
        "all of them",
        {
          status: "failed",
          module: "quotes",
          rule: "rule-2",
          record: "A",
          type: "emailAlert",
          event: "c",
          from: NOW + 2_000,
          to: NOW + 2_001,
        },
        ["c1"],
        ["c"],
      ],
    ])("lists by %s", async (_title, filter, runs, executions) => {
      await fill();
      const found = await current().runs.runs({ organization: "default", ...filter }, FIRST_PAGE);
      expect(found.data.map(({ event, n }) => `${event}${n}`)).toEqual(runs);
      const listed = await current().runs.executions({ organization: "default", ...filter }, FIRST_PAGE);
      expect(listed.data.map(({ event }) => event)).toEqual(executions);
    });

    it("bounds due times where scheduled runs are asked for, which leaves parked ones out", async () => {
      await fill();
      const dueBetween = async (bounds: Filter) =>
        (await current().runs.runs({ organization: "default", status: "scheduled", ...bounds }, FIRST_PAGE)).data.map(({ n }) => n);
      expect(await dueBetween({ from: NOW + 5_000 })).toEqual([1, 3]);
      expect(await dueBetween({ to: NOW + 6_000 })).toEqual([2, 1]);
      expect(await dueBetween({ from: NOW + 4_001, to: NOW + 6_000 })).toEqual([1]);
    });

    it("lists an execution with every run it has, whatever was asked of one", async () => {
      await fill();
      const [execution] = (await current().runs.executions({ organization: "default", type: "emailAlert", rule: "rule-1" }, FIRST_PAGE))
        .data;
      expect(execution?.runs.map(({ n }) => n)).toEqual([1, 2, 3]);
    });
  });

  it("finds an execution by id with its runs in their order", async () => {
    const event = makeEvent();
    const block2 = { condition: 2, rule: RULE_2 };
    const runs = [makeNewRun(event, { n: 1, ...block2 }), makeNewRun(event, { n: 1 }), makeNewRun(event, { n: 2, ...block2 })];
    await take(current(), event, ...runs);
    const [first, , third] = runs.map(({ run }) => run);
    expect(await current().runs.execution("default", first?.execution ?? "")).toEqual({
      id: first?.execution,
      event: event.id,
      rule: RULE_2,
      by: "rule",
      module: "invoices",
      record: "90300",
      condition: 2,
      firedAt: NOW,
      runs: [first, third],
    });
    expect(await current().runs.execution("default", "exe_unknown")).toBeNull();
    expect(await current().runs.execution("default", first?.id ?? "")).toBeNull();
  });

  it("answers an event's runs in the order they were planned", async () => {
    const event = makeEvent();
    const planned = [3, 1, 2].map((n) => makeNewRun(event, { n, dueAt: NOW - n }));
    await take(current(), event, ...planned);
    expect(await current().runs.runsOfEvent("default", event.id)).toEqual(planned.map(({ run }) => run));
    expect(await current().runs.runsOfEvent("default", "evt-none")).toEqual([]);
  });

  it("names a rule's runs that have not started or wait for a retry, in the order planned, up to an instant and so many", async () => {
    const rule = { id: "rule-1", name: "post", version: 1 };
    const ids: string[] = [];
    for (const i of upTo(5)) ids.push((await plan(current(), `evt-${i}`, { rule, dueAt: NOW + i }, { storedAt: NOW + i })).id);
    await plan(current(), "evt-other", { rule: RULE_2, dueAt: NOW + 1 });
    await plan(current(), "evt-elsewhere", { rule, dueAt: NOW + 1 }, { organization: "other" });
    const pending = (upTo = NOW + 4, limit = 10) => current().runs.pendingOfRule("default", "rule-1", upTo, limit);
    expect(await pending()).toEqual(ids);
    expect(await pending(NOW + 2)).toEqual(ids.slice(0, 3));
    expect(await pending(NOW + 4, 2)).toEqual(ids.slice(0, 2));

    const [first, second, third] = (await current().runs.claim(makeClaim({ now: NOW + 2 }))).filter(({ run }) => ids.includes(run.id));
    if (!first || !second || !third) throw new Error("three are due");
    await current().runs.settle(first.run, makeSettlement());
    await current().runs.settle(second.run, makeSettlement({ status: "retrying", dueAt: NOW + 60_000 }));
    await current().runs.cancel("default", ids[3] ?? "", NOW);
    expect(await pending()).toEqual([second.run.id, ids[4]]);
    expect(await current().runs.pendingOfRule("default", "rule-9", NOW + 4, 10)).toEqual([]);
  });

  it("pages through runs, each once, while others are written", async () => {
    for (const i of upTo(11)) await plan(current(), `evt-${i}`);
    const listed = await allPages(
      (page) => current().runs.runs({ organization: "default" }, page),
      3,
      (page) => plan(current(), `evt-late-${page}`),
    );
    expect(listed.map(({ event }) => event)).toEqual(upTo(11).map((i) => `evt-${10 - i}`));
  });

  it("pages through scheduled runs in due order, each once, ties and parked ones included, while others are written", async () => {
    const dues = [50, 10, null, 10, 10, null, 40, 10, 20, null];
    for (const [i, due] of dues.entries()) await plan(current(), `evt-${i}`, { dueAt: due === null ? null : NOW + due });
    const listed = await allPages(
      (page) => current().runs.runs({ organization: "default", status: "scheduled" }, page),
      2,
      (page) => plan(current(), `evt-early-${page}`, { dueAt: NOW + 1 }),
    );
    expect(listed.map(({ event }) => event)).toEqual([1, 3, 4, 7, 8, 6, 0, 2, 5, 9].map((i) => `evt-${i}`));
  });

  it("pages through executions, each once with all its runs, while others are written", async () => {
    for (const i of upTo(7)) {
      const event = makeEvent({ id: `evt-${i}` });
      await take(current(), event, makeNewRun(event), makeNewRun(event, { n: 2 }), makeNewRun(event, { rule: RULE_2 }));
    }
    const listed = await allPages(
      (page) => current().runs.executions({ organization: "default" }, page),
      4,
      (page) => plan(current(), `evt-late-${page}`),
    );
    expect(listed).toHaveLength(14);
    expect(new Set(listed.map(({ id }) => id)).size).toBe(14);
    expect(listed.filter(({ rule }) => rule.id === "rule-1").every(({ runs }) => runs.length === 2)).toBe(true);
    expect(listed[0]?.event).toBe("evt-6");
  });

  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

  it.each([
    ["no cursor at all", "garbage"],
    ["empty text", ""],
    ["JSON of another shape", encoded({ seq: 1 })],
    ["too many keys", encoded([1, 2, 3])],
    ["keys of another type", encoded([null])],
    ["keys of another type, twice", encoded([true, {}])],
  ])("refuses a cursor that it did not make: %s", async (_title, cursor) => {
    const page = { limit: 1, cursor };
    const organization = "default";
    const store = current();
    for (const list of [
      () => store.events.events({ organization }, page),
      () => store.runs.runs({ organization }, page),
      () => store.runs.runs({ organization, status: "scheduled" }, page),
      () => store.runs.executions({ organization }, page),
      () => store.records.records(organization, "invoices", page),
      () => store.notifications.list({ organization }, page),
    ]) {
      const refused = await list().catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(RulewrightError);
      expect(refused).toMatchObject({ code: "validation_failed", issues: [{ path: "cursor" }] });
    }
  });

  it("refuses the cursor of a list that is sorted by something else", async () => {
    for (const id of ["1", "2"])
      await take(current(), makeEvent({ id, recordId: id }), makeNewRun(makeEvent({ id }), { id: makeRun(makeEvent({ id })).id }));
    const { nextCursor } = await current().records.records("default", "invoices", { limit: 1, cursor: null });
    await expect(current().runs.runs({ organization: "default" }, { limit: 1, cursor: nextCursor })).rejects.toThrow(RulewrightError);
    await expect(current().notifications.list({ organization: "default" }, { limit: 1, cursor: nextCursor })).rejects.toThrow(
      RulewrightError,
    );
  });
}
