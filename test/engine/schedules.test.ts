import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";

function definitions(schedule: string, zone = "Europe/Berlin"): string {
  return `
kind: Organization
timeZone: ${zone}
---
kind: CustomFunction
name: sync
module: contacts
language: host
---
kind: Schedule
name: nightly
function: sync
${schedule}
`;
}

const DAILY = 'recurrence: { frequency: daily }\nstartsAt: "2026-11-21T18:00"';

let t: TestEngine;
beforeEach(async () => {
  t = await testEngine();
});
afterEach(() => t.close());

async function moveTo(instant: string | number): Promise<void> {
  t.clock.moveTo(instant);
  await t.engine.idle();
}

async function ticks(until: string): Promise<readonly string[]> {
  const times: string[] = [];
  while (t.clock.now() < Date.parse(until)) {
    await moveTo(t.clock.now() + 3_600_000);
    while (times.length < t.calls.length) times.push(new Date(t.clock.now()).toISOString().slice(0, 16));
  }
  return times;
}

async function seen() {
  return (await t.runs()).toReversed().map(({ status, reason, dueAt }) => [reason ?? status, dueAt]);
}

async function id(): Promise<string> {
  const [schedule] = (await t.engine.definitions.list(ORGANIZATION, "Schedule", {}, { limit: 1, cursor: null })).data;
  return schedule?.id ?? "";
}

describe("a schedule", () => {
  it("runs its function at each tick, and the log has it like any other run", async () => {
    await t.apply(definitions(DAILY));
    expect(await ticks("2026-11-23T23:00:00Z")).toEqual(["2026-11-21T17:00", "2026-11-22T17:00", "2026-11-23T17:00"]);
    const [run] = await t.runs();
    expect(run).toMatchObject({
      rule: null,
      schedule: { id: await id(), name: "nightly" },
      record: null,
      module: "contacts",
      action: { type: "customFunction", name: "sync" },
      status: "succeeded",
      dueAt: "2026-11-23T17:00:00.000Z",
    });
    const page = await t.engine.reading.executions({ organization: ORGANIZATION }, { limit: 10, cursor: null });
    expect(page.data).toHaveLength(3);
    expect(t.calls[0]?.input).toMatchObject({ record: {}, rule: null, recordId: "" });
    expect(await t.engine.reading.usage(ORGANIZATION, "2026-11-23")).toMatchObject({ customFunction: { used: 1 } });
  });

  it("keeps its wall time over a clock change", async () => {
    t.clock.moveTo("2027-03-26T00:00:00Z");
    await t.apply(definitions('recurrence: { frequency: daily }\nstartsAt: "2027-03-26T02:30"'));
    // 28 March: 02:30 does not exist, the run is an hour after 01:30.
    await moveTo("2027-03-30T00:00:00Z");
    expect((await seen()).map(([, dueAt]) => dueAt)).toEqual([
      "2027-03-26T01:30:00.000Z",
      "2027-03-27T01:30:00.000Z",
      "2027-03-28T01:30:00.000Z",
      "2027-03-29T00:30:00.000Z",
    ]);
  });

  it("comes on both days where a clock change moves one over midnight", async () => {
    t.clock.moveTo("2027-03-27T12:00:00Z");
    await t.apply(definitions('recurrence: { frequency: daily }\nstartsAt: "2027-03-27T23:30"', "America/Nuuk"));
    await moveTo("2027-03-28T02:00:00Z");
    await moveTo("2027-03-29T02:00:00Z");
    // In the night to the 28th there is no time from 23:00 to midnight.
    expect((await seen()).map(([, dueAt]) => dueAt)).toEqual(["2027-03-28T01:30:00.000Z", "2027-03-29T00:30:00.000Z"]);
  });

  it.each([
    ["daily without weekends", "recurrence: { frequency: daily, excludeWeekends: true }", ["2026-11-23", "2026-11-24"]],
    ["weekly", "recurrence: { frequency: weekly, on: { weekday: friday } }", ["2026-11-27", "2026-12-04"]],
    ["monthly on the last day", "recurrence: { frequency: monthly, on: { day: last } }", ["2026-11-30", "2026-12-31"]],
    [
      "monthly on the second Saturday",
      "recurrence: { frequency: monthly, on: { nth: second, weekday: saturday } }",
      ["2026-12-12", "2027-01-09"],
    ],
    ["every four months", "recurrence: { frequency: monthly, every: 4, on: { day: 5 } }", ["2026-12-05", "2027-04-05"]],
    ["yearly", "recurrence: { frequency: yearly, on: { month: january, day: 5 } }", ["2027-01-05", "2028-01-05"]],
  ])("%s", async (_name, recurrence, days) => {
    await t.apply(definitions(`${recurrence}\nstartsAt: "2026-11-21T18:00"`));
    const upcoming = await t.engine.schedules.upcoming(ORGANIZATION, await id(), { count: 2 });
    expect(upcoming.map((at) => at.slice(0, 10))).toEqual(days);
  });

  it("starts with the next tick where its start is past", async () => {
    await t.apply(definitions('recurrence: { frequency: daily }\nstartsAt: "2026-01-01T18:00"'));
    expect(await ticks("2026-11-21T20:00:00Z")).toEqual(["2026-11-20T17:00", "2026-11-21T17:00"]);
  });

  it.each([
    ["expires: { after: 2 }", 2],
    ['expires: { on: "2026-11-23" }', 3],
  ])("ends with %s", async (expires, count) => {
    await t.apply(definitions(`${DAILY}\n${expires}`));
    expect(await t.engine.schedules.upcoming(ORGANIZATION, await id(), { count: 10 })).toHaveLength(count);
    expect(await ticks("2026-11-26T00:00:00Z")).toHaveLength(count);
    expect(await t.engine.schedules.upcoming(ORGANIZATION, await id(), { count: 10 })).toEqual([]);
  });

  it("has nothing to come before now, and those before an instant count for its end", async () => {
    await t.apply(definitions(`${DAILY}\nexpires: { after: 3 }`));
    const from = async (instant: string) =>
      (await t.engine.schedules.upcoming(ORGANIZATION, await id(), { from: Date.parse(instant) })).length;
    expect(await from("2026-11-22T17:00:00Z")).toBe(2);
    expect(await from("2026-11-22T17:00:00.001Z")).toBe(1);
    expect(await from("2030-01-01T00:00:00Z")).toBe(0);
    for (const day of ["21", "22"]) await moveTo(`2026-11-${day}T17:00:00Z`);
    expect(await from("2026-01-01T00:00:00Z")).toBe(1);
    expect(await from("2026-11-23T17:00:00Z")).toBe(1);
    expect(await from("2026-11-24T17:00:00Z")).toBe(0);
    await t.apply(definitions(`${DAILY}\nactive: false`));
    expect(await from("2026-11-22T17:00:00Z")).toBe(0);
  });

  it("is missed beyond its grace, and catches up on one", async () => {
    await t.apply(definitions(`${DAILY}\ngrace: { days: 3 }`));
    await t.engine.stop(0);
    t.clock.moveTo("2026-11-26T08:00:00Z");
    const next = await testEngine({ store: t.store, clock: t.clock });
    await next.engine.idle();
    expect((await seen()).map(([status]) => status)).toEqual(["missed", "missed", "missed", "missed", "succeeded"]);
    expect(next.calls).toHaveLength(1);
    await next.engine.stop(0);
  });

  it.each([
    ["all", ["missed", "missed", "succeeded", "succeeded", "succeeded"]],
    ["skip", ["missed", "missed", "missed", "missed", "missed"]],
  ])("or, with catchUp: %s", async (catchUp, statuses) => {
    await t.apply(definitions(`${DAILY}\ngrace: { days: 3 }\ncatchUp: ${catchUp}`));
    await t.engine.stop(0);
    t.clock.moveTo("2026-11-26T08:00:00Z");
    const next = await testEngine({ store: t.store, clock: t.clock });
    await next.engine.idle();
    expect((await seen()).map(([status]) => status)).toEqual(statuses);
    await next.engine.stop(0);
  });

  it("does not run what came while it was stopped, and is not run once it is gone", async () => {
    await t.apply(definitions(DAILY));
    await t.apply(definitions(`${DAILY}\nactive: false`));
    await moveTo("2026-11-23T12:00:00Z");
    await t.apply(definitions(DAILY));
    await moveTo("2026-11-23T17:00:00Z");
    expect(t.calls).toHaveLength(1);
    await t.apply("kind: Organization\ntimeZone: Europe/Berlin\n");
    await moveTo("2026-11-30T17:00:00Z");
    expect(t.calls).toHaveLength(1);
  });

  it("ticks once for two processes", async () => {
    await t.apply(definitions(DAILY));
    const other = await testEngine({ store: t.store, clock: t.clock });
    t.clock.moveTo("2026-11-21T17:00:00Z");
    await Promise.all([t.engine.idle(), other.engine.idle()]);
    expect([...t.calls, ...other.calls]).toHaveLength(1);
    await other.engine.stop(0);
  });

  it("ticks once and counts once when the clock is set back", async () => {
    await t.apply(definitions(`${DAILY}\nexpires: { after: 3 }\ngrace: { days: 30 }\ncatchUp: all`));
    await moveTo("2026-11-22T18:00:00Z");
    await moveTo("2026-11-21T12:00:00Z");
    await moveTo("2026-11-22T20:00:00Z");
    const before = t.calls.length;
    await moveTo("2026-11-30T20:00:00Z");
    expect(before).toBe(2);
    expect((await seen()).filter(([status]) => status === "succeeded")).toHaveLength(3);
  });

  it("is tried again and counted like any function", async () => {
    await t.apply(definitions(DAILY).replace("language: host", "language: host\nretry: { attempts: 2 }"));
    t.answer("sync", { outcome: "failed", error: "no", retry: true, response: null });
    await moveTo("2026-11-21T17:00:00Z");
    expect(await seen()).toEqual([["retrying", "2026-11-21T17:01:00.000Z"]]);
    await moveTo("2026-11-21T17:01:00Z");
    expect((await t.runs())[0]).toMatchObject({ status: "succeeded", attempts: [{ outcome: "failed" }, { outcome: "succeeded" }] });
  });
});

describe("Save and Execute", () => {
  it("runs it now and answers with the run, besides its ticks", async () => {
    await t.apply(definitions(`${DAILY}\nexpires: { after: 1 }`));
    const run = await t.engine.schedules.execute(ORGANIZATION, await id(), {});
    expect(run).toMatchObject({ execution: null, by: "schedule", status: "succeeded", action: { name: "sync" } });
    expect(t.calls).toHaveLength(1);
    expect(await t.engine.schedules.upcoming(ORGANIZATION, await id(), { count: 10 })).toHaveLength(1);
    const page = await t.engine.reading.executions({ organization: ORGANIZATION }, { limit: 10, cursor: null });
    expect(page.data).toEqual([]);
  });

  it("says where there is no such schedule", async () => {
    await expect(t.engine.schedules.execute(ORGANIZATION, "sch_none", {})).rejects.toMatchObject({ code: "not_found" });
  });
});
