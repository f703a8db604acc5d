import { expect, it } from "vitest";
import { ACTION_TYPES } from "../../src/model/action-type.ts";
import { makeAttempt, makeClaim, makeEvent, makeNewRun, makeRun, makeRunning, makeSettlement, makeSlots, NOW } from "../support/make.ts";
import { claimOne, plan, stored, take, upTo, type Current } from "./ledger.ts";

const NO_SLOTS = makeSlots(0);

/** Who works on what: due runs go to one worker at a time, for as long as its lease lasts. */
export function claimContract(current: Current): void {
  it("claims a due run: running, its token grown, the rest as it was", async () => {
    const run = await plan(current(), "evt-1");
    expect(await current().runs.claim(makeClaim())).toEqual([{ run: { ...run, status: "running", token: 1 }, lost: false }]);
    expect(await stored(current(), run)).toEqual({ ...run, status: "running", token: 1 });
    expect(await current().runs.claim(makeClaim())).toEqual([]);
  });

  it("claims nothing before it is due, and at its due time", async () => {
    await plan(current(), "evt-1", { dueAt: NOW + 1 });
    expect(await current().runs.claim(makeClaim())).toEqual([]);
    expect(await current().runs.claim(makeClaim({ now: NOW + 1 }))).toHaveLength(1);
  });

  it("never claims a parked or a finished run", async () => {
    await plan(current(), "evt-1", { dueAt: null, reason: "dateEmpty" });
    await plan(current(), "evt-2", { status: "skipped", reason: "loopStopped", finishedAt: NOW });
    expect(await current().runs.claim(makeClaim({ now: NOW + 1e9 }))).toEqual([]);
  });

  it("claims no more of a type than it has slots", async () => {
    for (const i of upTo(4)) {
      const event = makeEvent({ id: `evt-${i}` });
      await take(current(), event, ...ACTION_TYPES.map((type, n) => makeNewRun(event, { n: n + 1, action: { type, name: "any" } })));
    }
    const slots = { emailAlert: 1, inAppNotification: 2, fieldUpdate: 3, webhook: 0, customFunction: 9 };
    const claimed = await current().runs.claim(makeClaim({ slots }));
    const counts = Object.fromEntries(ACTION_TYPES.map((type) => [type, claimed.filter(({ run }) => run.action.type === type).length]));
    expect(counts).toEqual({ ...slots, customFunction: 4 });
    expect(await current().runs.claim(makeClaim({ slots: NO_SLOTS }))).toEqual([]);
  });

  it("claims the oldest due first", async () => {
    for (const dueAt of [NOW - 5, NOW - 50, NOW, NOW - 500, NOW - 1]) await plan(current(), `evt${dueAt}`, { dueAt });
    const dues: (number | null)[] = [];
    for (const slots of [2, 2, 1])
      dues.push(...(await current().runs.claim(makeClaim({ slots: makeSlots(slots) }))).map(({ run }) => run.dueAt));
    expect(dues).toEqual([NOW - 500, NOW - 50, NOW - 5, NOW - 1, NOW]);
  });

  it("gives none of 200 due runs to two of 16 claimers", async () => {
    await Promise.all(upTo(200).map((i) => plan(current(), `evt-${i}`)));
    const claims = await Promise.all(upTo(16).map(() => current().runs.claim(makeClaim({ slots: makeSlots(15) }))));
    const ids = claims.flat().map(({ run }) => run.id);
    expect(ids).toHaveLength(200);
    expect(new Set(ids).size).toBe(200);
    for (const claim of claims) expect(claim.length).toBeLessThanOrEqual(15);
  });

  it("claims again what a dead worker held, with a new token and the lost attempt", async () => {
    await plan(current(), "evt-1");
    const first = await claimOne(current());
    expect(await current().runs.claim(makeClaim({ now: NOW + 7_999 }))).toEqual([]);
    const lost = makeAttempt({ outcome: "lost", durationMs: 8_000, error: expect.any(String), response: null });
    const again = await current().runs.claim(makeClaim({ now: NOW + 8_000 }));
    expect(again).toEqual([{ run: { ...first, token: 2, attempts: [lost] }, lost: true }]);
    expect(await stored(current(), first)).toEqual(again[0]?.run);
    const third = await current().runs.claim(makeClaim({ now: NOW + 20_000 }));
    const second = makeAttempt({ ...lost, number: 2, startedAt: NOW + 8_000, durationMs: 12_000 });
    expect(third).toEqual([{ run: { ...first, token: 3, attempts: [lost, second] }, lost: true }]);
  });

  it("claims again a run born running whose recorder died", async () => {
    const event = makeEvent();
    await take(current(), event, makeRunning(event));
    const [claimed] = await current().runs.claim(makeClaim({ now: NOW + 8_000 }));
    expect(claimed).toMatchObject({ lost: true, run: { token: 2, attempts: [{ number: 1, outcome: "lost", startedAt: NOW }] } });
  });

  it("blames nobody for a retry that comes due", async () => {
    await plan(current(), "evt-1");
    const attempt = makeAttempt({ outcome: "failed" });
    await current().runs.settle(await claimOne(current()), makeSettlement({ status: "retrying", dueAt: NOW + 60, attempt }));
    expect(await current().runs.claim(makeClaim({ now: NOW + 60 }))).toMatchObject([
      { lost: false, run: { attempts: [attempt], token: 2 } },
    ]);
  });

  it("puts leases off", async () => {
    await plan(current(), "evt-1");
    const run = await claimOne(current());
    expect(await current().runs.extend([run], NOW + 20_000)).toEqual([]);
    expect(await current().runs.nextDue(NOW)).toBe(NOW + 20_000);
    expect(await current().runs.claim(makeClaim({ now: NOW + 19_999 }))).toEqual([]);
    expect(await current().runs.claim(makeClaim({ now: NOW + 20_000 }))).toHaveLength(1);
  });

  it("reports runs that are no longer this worker's when it puts leases off", async () => {
    for (const id of ["evt-1", "evt-2", "evt-3"]) await plan(current(), id);
    const [taken, settled, kept] = (await current().runs.claim(makeClaim())).map(({ run }) => run);
    if (!taken || !settled || !kept) throw new Error("expected three claims");
    await current().runs.extend([settled, kept], NOW + 30_000);
    await current().runs.claim(makeClaim({ now: NOW + 8_000 }));
    await current().runs.settle(settled, makeSettlement());
    const unknown = makeRun(makeEvent({ id: "evt-none" }), { token: 1 });
    expect(await current().runs.extend([taken, settled, kept, unknown], NOW + 40_000)).toEqual([taken, settled, unknown]);
    expect(await current().runs.claim(makeClaim({ now: NOW + 16_000 }))).toMatchObject([{ run: { id: taken.id, token: 3 } }]);
    expect(await current().runs.extend([], NOW)).toEqual([]);
  });

  it("does not claim what waits for a field update until that has ended, and not before its own time", async () => {
    const event = makeEvent();
    const update = makeNewRun(event, { action: { type: "fieldUpdate", name: "close" } });
    const waiting = (n: number, dueAt: number) => makeNewRun(event, { n, dueAt, waitsFor: update.run.id });
    const [, now, later] = await take(current(), event, update, waiting(2, NOW), waiting(3, NOW + 99));
    const first = await claimOne(current(), { now: NOW + 500 });
    expect(first.id).toBe(update.run.id);
    await current().runs.settle(first, makeSettlement({ status: "retrying", dueAt: NOW + 10 }));
    expect(await current().runs.claim(makeClaim({ now: NOW + 9 }))).toEqual([]);
    await current().runs.settle(await claimOne(current(), { now: NOW + 10 }), makeSettlement({ status: "failed" }));
    expect(await claimOne(current(), { now: NOW + 98 })).toMatchObject({ id: now?.id, waitsFor: null });
    expect(await claimOne(current(), { now: NOW + 99 })).toMatchObject({ id: later?.id, waitsFor: null });
  });

  it("frees what waits for a field update that is cancelled", async () => {
    const event = makeEvent();
    const update = makeNewRun(event, { action: { type: "fieldUpdate", name: "close" } });
    const [, waiting] = await take(current(), event, update, makeNewRun(event, { n: 2, waitsFor: update.run.id }));
    await current().runs.cancel("default", update.run.id, NOW);
    expect(await claimOne(current())).toMatchObject({ id: waiting?.id, waitsFor: null });
  });

  it("cancels and skips what waits without its coming back when it is freed", async () => {
    const event = makeEvent();
    const update = makeNewRun(event, { action: { type: "fieldUpdate", name: "close" } });
    const [, waiting, timed] = await take(
      current(),
      event,
      update,
      makeNewRun(event, { n: 2, waitsFor: update.run.id }),
      makeNewRun(event, { n: 3, waitsFor: update.run.id, timed: true }),
    );
    await current().runs.cancel("default", waiting?.id ?? "", NOW);
    await take(current(), makeEvent({ id: "evt-2", type: "deleted" }));
    await current().runs.settle(await claimOne(current()), makeSettlement());
    expect(await current().runs.claim(makeClaim({ now: NOW + 1e6 }))).toEqual([]);
    expect(await current().runs.run("default", timed?.id ?? "")).toMatchObject({ status: "skipped", reason: "recordDeleted" });
  });

  it("knows the next instant at which something becomes due", async () => {
    expect(await current().runs.nextDue(0)).toBeNull();
    await plan(current(), "evt-1", { dueAt: NOW + 30, action: { type: "emailAlert", name: "any" } });
    await plan(current(), "evt-2", { dueAt: NOW + 20 });
    await plan(current(), "evt-3", { dueAt: null });
    expect(await current().runs.nextDue(NOW)).toBe(NOW + 20);
    expect(await current().runs.nextDue(NOW + 20)).toBe(NOW + 30);
    expect(await current().runs.nextDue(NOW + 30)).toBeNull();
    await claimOne(current(), { now: NOW + 20, leaseUntil: NOW + 25 });
    expect(await current().runs.nextDue(NOW + 20)).toBe(NOW + 25);
  });
}
