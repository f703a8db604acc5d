import { expect, it } from "vitest";
import type { Decided, EventFilter } from "../../src/store/events.ts";
import { makeDecided, makeDecision, makeEvent, makeNewRun, makeQuota, makeRecord, makeRun, makeRunning, NOW } from "../support/make.ts";
import { allPages, FIRST_PAGE, take, upTo, type Current } from "./ledger.ts";

const decided = () => makeDecided();

/** An event is stored once with what was decided about it. */
export function intakeContract(current: Current): void {
  it("says when what follows from an event, or from those of a record, is written, also of what is not there", async () => {
    const { events, runs, records } = current();
    const event = makeEvent();
    const { organization, module, recordId: record } = event;
    await events.intake(event, () => makeDecided({ runs: [makeNewRun(event)] }));
    await events.written({ organization, event: event.id });
    await events.written({ organization, module, record });
    await events.written({ organization, event: "evt-other" });
    await events.written({ organization, module, record: "other" });
    expect(await runs.runsOfEvent(organization, event.id)).toHaveLength(1);
    expect(await records.record({ organization, module, id: record })).toMatchObject({ revision: 1 });
  });

  it("accepts an event, decides with nothing stored and keeps event and decision as they were given", async () => {
    const event = makeEvent({
      previous: { status: "draft" },
      actor: "7605001",
      origin: "import",
      ancestry: [{ rule: "rule-9", module: "quotes", record: "1" }],
    });
    const decision = makeDecision({
      generation: 7,
      previous: { status: "sent", nested: { list: [1, "2", null] } },
      stale: true,
      alreadyFired: ["rule-2"],
      executions: [
        {
          id: "exe_1",
          rule: { id: "rule-1", name: "thank-you", version: 3 },
          condition: 2,
          runs: [{ id: "run_1", action: { type: "webhook", name: "post-to-erp" }, dueAt: NOW }],
        },
      ],
    });
    const seen: unknown[] = [];
    const intake = await current().events.intake(event, (inputs) => {
      seen.push(inputs);
      return makeDecided({ decision });
    });
    expect(seen).toEqual([{ stored: null, alreadyFired: new Set(), pending: [] }]);
    expect(intake).toEqual({ status: "accepted", decision, runs: [], record: makeRecord() });
    const { fingerprint: _fingerprint, firstTimeRules: _rules, expectRevision: _revision, dates: _dates, ...kept } = event;
    expect(await current().events.event("default", event.id)).toEqual({ ...kept, decision });
  });

  it("answers null for an event it does not know", async () => {
    expect(await current().events.event("default", "evt-none")).toBeNull();
  });

  it("calls the same id with the same content a duplicate and keeps what was decided first", async () => {
    const event = makeEvent();
    await current().events.intake(event, () => makeDecided({ decision: makeDecision({ generation: 1 }), runs: [makeNewRun(event)] }));
    const again = await current().events.intake(event, () =>
      makeDecided({ decision: makeDecision({ generation: 2 }), runs: [makeNewRun(event, { n: 2 })], firstTime: ["rule-1"] }),
    );
    expect(again).toEqual({ status: "duplicate" });
    expect((await current().events.event("default", event.id))?.decision.generation).toBe(1);
    expect(await current().runs.runsOfEvent("default", event.id)).toEqual([makeRun(event)]);
  });

  it("calls the same id with other content a conflict and changes nothing", async () => {
    await take(current(), makeEvent());
    const other = makeEvent({ fingerprint: "other content", record: { status: "void" }, occurredAt: NOW + 1 });
    expect(await current().events.intake(other, decided)).toEqual({ status: "conflict" });
    expect(await current().records.record({ organization: "default", module: "invoices", id: "90300" })).toEqual(makeRecord());
  });

  it("accepts one of 50 that bring the same id at once", async () => {
    const event = makeEvent();
    const answers = await Promise.all(upTo(50).map(() => current().events.intake(event, () => makeDecided({ runs: [makeNewRun(event)] }))));
    expect(answers.filter(({ status }) => status === "accepted")).toHaveLength(1);
    expect(answers.filter(({ status }) => status === "duplicate")).toHaveLength(49);
    expect(await current().runs.runsOfEvent("default", event.id)).toHaveLength(1);
  });

  it("writes each run as it was planned", async () => {
    const event = makeEvent();
    const runs = [
      makeNewRun(event, { n: 1, action: { type: "fieldUpdate", name: "close" } }),
      makeNewRun(event, { n: 2, action: { type: "emailAlert", name: "thanks" }, waitsFor: makeRun(event).id }),
      makeNewRun(event, {
        n: 3,
        action: { type: "inAppNotification", name: "bell" },
        status: "skipped",
        reason: "loopStopped",
        finishedAt: NOW,
      }),
      makeNewRun(event, { n: 4, timed: true, recheck: true, outlivesRecord: true, dueAt: NOW + 5 }),
      makeNewRun(event, { n: 5, timed: true, dueAt: null, reason: "dateEmpty", action: { type: "customFunction", name: "fee" } }),
    ];
    const planned = runs.map(({ run }) => run);
    expect(await take(current(), event, ...runs)).toEqual(planned);
    expect(await current().runs.runsOfEvent("default", event.id)).toEqual(planned);
    for (const run of planned) expect(await current().runs.run("default", run.id)).toEqual(run);
  });

  it("writes a run born running with its first claim, which is not claimed again before the lease ends", async () => {
    const event = makeEvent();
    const born = makeRunning(event);
    expect(await take(current(), event, born)).toEqual([makeRun(event, { status: "running", token: 1 })]);
    expect(await current().runs.nextDue(NOW)).toBe(NOW + 8_000);
    expect(await current().runs.settle(born.run, { status: "succeeded", reason: null, dueAt: null, attempt: null, at: NOW })).toBe(true);
  });

  it("takes the quota of a run born running as it is written", async () => {
    const event = makeEvent();
    const [run] = await take(current(), event, makeRunning(event, {}, makeQuota()));
    expect(run).toEqual(makeRun(event, { status: "running", token: 1, quotaDay: "2026-11-20" }));
    expect(await current().runs.usage("default", "2026-11-20")).toEqual({ emailAlert: 0, webhook: 1, customFunction: 0 });
  });

  it("takes no quota for a run that is only scheduled, nor for a duplicate", async () => {
    const event = makeEvent();
    await take(current(), event, { ...makeNewRun(event), quota: makeQuota() });
    await current().events.intake(event, () => makeDecided({ runs: [makeRunning(event, {}, makeQuota())] }));
    expect(await current().runs.usage("default", "2026-11-20")).toMatchObject({ webhook: 0 });
  });

  it("skips a run born over quota, and it was never claimed", async () => {
    const event = makeEvent();
    const [first, second] = await take(
      current(),
      event,
      makeRunning(event, {}, makeQuota({ limit: 1 })),
      makeRunning(event, { n: 2 }, makeQuota({ limit: 1 })),
    );
    expect(first?.status).toBe("running");
    expect(second).toEqual(makeRun(event, { n: 2, status: "skipped", reason: "quotaExceeded", finishedAt: NOW }));
    expect(await current().runs.run("default", second?.id ?? "")).toEqual(second);
    expect(await current().runs.usage("default", "2026-11-20")).toMatchObject({ webhook: 1 });
  });

  it("defers a run born over quota where its action asks for that", async () => {
    const event = makeEvent();
    const midnight = NOW + 9 * 3_600_000;
    const [run] = await take(current(), event, makeRunning(event, {}, makeQuota({ limit: 0, deferUntil: midnight })));
    expect(run).toEqual(makeRun(event, { dueAt: midnight }));
    expect(await current().runs.nextDue(NOW)).toBe(midnight);
  });

  it.each([
    ["0 where there is none", 0, "accepted"],
    ["1 where there is none", 1, { status: "stale", revision: 0 }],
    ["null where there is none", null, "accepted"],
  ])("expects revision %s", async (_title, expectRevision, answer) => {
    const intake = await current().events.intake(makeEvent({ expectRevision }), decided);
    expect(intake.status === "accepted" ? "accepted" : intake).toEqual(answer);
  });

  it.each([
    ["the stored one", 2, "accepted"],
    ["an earlier one", 1, { status: "stale", revision: 2 }],
    ["none", 0, { status: "stale", revision: 2 }],
    ["any", null, "accepted"],
  ])("refuses unless the record has the expected revision: %s", async (_title, expectRevision, answer) => {
    await take(current(), makeEvent({ id: "evt-1" }));
    await take(current(), makeEvent({ id: "evt-2" }));
    const intake = await current().events.intake(makeEvent({ id: "evt-3", expectRevision }), decided);
    expect(intake.status === "accepted" ? "accepted" : intake).toEqual(answer);
    expect((await current().events.event("default", "evt-3")) !== null).toBe(answer === "accepted");
  });

  it("asks the expected revision of an event too that is older than the record", async () => {
    await take(current(), makeEvent({ id: "evt-1" }));
    await take(current(), makeEvent({ id: "evt-2", occurredAt: NOW + 2 }));
    const older = makeEvent({ id: "evt-3", occurredAt: NOW + 1, expectRevision: 1 });
    expect(await current().events.intake(older, decided)).toEqual({ status: "stale", revision: 2 });
    expect(await current().events.event("default", "evt-3")).toBeNull();
    expect(await current().events.intake({ ...older, expectRevision: 2 }, decided)).toMatchObject({
      status: "accepted",
      record: { revision: 2, occurredAt: NOW + 2 },
    });
  });

  it("counts a deleted record as none when a revision is expected", async () => {
    await take(current(), makeEvent({ id: "evt-1" }));
    await take(current(), makeEvent({ id: "evt-2", type: "deleted" }));
    expect(await current().events.intake(makeEvent({ id: "evt-3", expectRevision: 2 }), decided)).toEqual({ status: "stale", revision: 0 });
    expect(await current().events.intake(makeEvent({ id: "evt-4", expectRevision: 0 }), decided)).toMatchObject({ status: "accepted" });
  });

  it("lets one of 20 win that expect the same revision at once", async () => {
    await take(current(), makeEvent());
    const answers = await Promise.all(
      upTo(20).map((i) => current().events.intake(makeEvent({ id: `evt-edit-${i}`, type: "edited", expectRevision: 1 }), decided)),
    );
    expect(answers.filter(({ status }) => status === "accepted")).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === "stale" && answer.revision === 2)).toHaveLength(19);
  });

  it("fails only the intake whose decide throws, not its neighbours of the same turn", async () => {
    const broken = (): Decided => {
      throw new Error("a rule that cannot be read");
    };
    const answers = await Promise.allSettled(
      upTo(9).map((i) => {
        const event = makeEvent({ id: `evt-${i}`, recordId: String(i) });
        return current().events.intake(event, i === 4 ? broken : () => makeDecided({ runs: [makeRunning(event, {}, makeQuota())] }));
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual(upTo(9).map((i) => (i === 4 ? "rejected" : "fulfilled")));
    expect(answers[4]).toMatchObject({ reason: { message: "a rule that cannot be read" } });
    expect(await current().events.event("default", "evt-4")).toBeNull();
    expect((await current().events.events({ organization: "default" }, FIRST_PAGE)).data).toHaveLength(8);
    expect(await current().runs.usage("default", "2026-11-20")).toMatchObject({ webhook: 8 });
  });

  it("lists events newest first, page by page, each once while others arrive", async () => {
    for (const i of upTo(7)) await take(current(), makeEvent({ id: `evt-${i}`, recordId: String(i), occurredAt: NOW - i }));
    const listed = await allPages(
      (page) => current().events.events({ organization: "default" }, page),
      3,
      (page) => take(current(), makeEvent({ id: `evt-late-${page}` })),
    );
    expect(listed.map(({ id }) => id)).toEqual(["evt-6", "evt-5", "evt-4", "evt-3", "evt-2", "evt-1", "evt-0"]);
  });

  it("has no next page after the last, even where the page is full", async () => {
    for (const i of upTo(2)) await take(current(), makeEvent({ id: `evt-${i}` }));
    expect(await current().events.events({ organization: "default" }, { limit: 2, cursor: null })).toMatchObject({ nextCursor: null });
    expect(await current().events.events({ organization: "nobody" }, FIRST_PAGE)).toEqual({ data: [], nextCursor: null });
  });

  it.each<[string, Omit<EventFilter, "organization">, readonly string[]]>([
    ["none", {}, ["evt-4", "evt-3", "evt-2", "evt-1"]],
    ["module", { module: "quotes" }, ["evt-3"]],
    ["record", { record: "B" }, ["evt-3", "evt-2"]],
    ["type", { type: "edited" }, ["evt-4", "evt-2"]],
    ["origin", { origin: "fieldUpdate" }, ["evt-4"]],
    ["record and module", { record: "B", module: "invoices" }, ["evt-2"]],
    ["all", { module: "invoices", record: "A", type: "edited", origin: "fieldUpdate" }, ["evt-4"]],
    ["what there is not", { module: "invoices", record: "B", origin: "fieldUpdate" }, []],
  ])("filters events by %s", async (_title, filter, ids) => {
    await take(current(), makeEvent({ id: "evt-1", recordId: "A" }));
    await take(current(), makeEvent({ id: "evt-2", recordId: "B", type: "edited" }));
    await take(current(), makeEvent({ id: "evt-3", recordId: "B", module: "quotes", origin: "api" }));
    await take(current(), makeEvent({ id: "evt-4", recordId: "A", type: "edited", origin: "fieldUpdate" }));
    const listed = await current().events.events({ organization: "default", ...filter }, FIRST_PAGE);
    expect(listed.data.map(({ id }) => id)).toEqual(ids);
  });
}
