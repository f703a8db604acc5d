import { expect, it } from "vitest";
import { makeClaim, makeEvent, makeQuota, makeRunning, makeSettlement, NOW } from "../support/make.ts";
import { claimOne, plan, stored, take, upTo, type Current } from "./ledger.ts";

const DAY = "2026-11-20";

/** How many runs of a type an organization starts on a day of its own. */
export function quotaContract(current: Current): void {
  it("grants exactly the limit to 64 concurrent callers and skips the rest", async () => {
    await Promise.all(upTo(64).map((i) => plan(current(), `evt-${i}`)));
    const claims = await current().runs.claim(makeClaim());
    const answers = await Promise.all(claims.map(({ run }) => current().runs.takeQuota(run, makeQuota({ limit: 25 }), NOW + 1)));
    expect(answers.filter((answer) => answer === "granted")).toHaveLength(25);
    expect(answers.filter((answer) => answer === "exceeded")).toHaveLength(39);
    expect(await current().runs.usage("default", DAY)).toEqual({ emailAlert: 0, webhook: 25, customFunction: 0 });
    for (const [i, { run }] of claims.entries())
      expect(await stored(current(), run)).toEqual(
        answers[i] === "granted" ? { ...run, quotaDay: DAY } : { ...run, status: "skipped", reason: "quotaExceeded", finishedAt: NOW + 1 },
      );
  });

  it.each([2 ** 31 - 1, 2 ** 31, 1e15])("grants out of a limit of %d", async (limit) => {
    const event = makeEvent();
    expect(await take(current(), event, makeRunning(event, {}, makeQuota({ limit })))).toMatchObject([
      { status: "running", quotaDay: DAY },
    ]);
    await plan(current(), "evt-2");
    expect(await current().runs.takeQuota(await claimOne(current()), makeQuota({ limit }), NOW)).toBe("granted");
    expect(await current().runs.usage("default", DAY)).toMatchObject({ webhook: 2 });
  });

  it("counts a run once, however often it asks", async () => {
    await plan(current(), "evt-1");
    const claim = await claimOne(current());
    const answers = await Promise.all(upTo(10).map(() => current().runs.takeQuota(claim, makeQuota({ limit: 3 }), NOW)));
    expect(answers).toEqual(upTo(10).map(() => "granted"));
    expect(await current().runs.usage("default", DAY)).toMatchObject({ webhook: 1 });
  });

  it("keeps the day of a run over a retry after midnight", async () => {
    const run = await plan(current(), "evt-1");
    const first = await claimOne(current());
    await current().runs.takeQuota(first, makeQuota(), NOW);
    await current().runs.settle(first, makeSettlement({ status: "retrying", dueAt: NOW + 60 }));
    const second = await claimOne(current(), { now: NOW + 60 });
    expect(second.quotaDay).toBe(DAY);
    expect(await current().runs.takeQuota(second, makeQuota({ day: "2026-11-21", limit: 0 }), NOW + 60)).toBe("granted");
    expect(await stored(current(), run)).toMatchObject({ quotaDay: DAY, status: "running" });
    expect(await current().runs.usage("default", "2026-11-21")).toEqual({ emailAlert: 0, webhook: 0, customFunction: 0 });
  });

  it("defers a run over quota where its action asks for that, and it counts on the day it starts", async () => {
    const run = await plan(current(), "evt-1");
    const quota = makeQuota({ limit: 0, deferUntil: NOW + 1_000 });
    expect(await current().runs.takeQuota(await claimOne(current()), quota, NOW)).toBe("exceeded");
    expect(await stored(current(), run)).toEqual({ ...run, dueAt: NOW + 1_000, token: 1 });
    const claim = await claimOne(current(), { now: NOW + 1_000 });
    expect(claim.attempts).toEqual([]);
    expect(await current().runs.takeQuota(claim, makeQuota({ day: "2026-11-21" }), NOW + 1_000)).toBe("granted");
    expect(await current().runs.usage("default", "2026-11-21")).toMatchObject({ webhook: 1 });
  });

  it("says lost to a worker whose claim is no longer held, and counts nothing", async () => {
    const run = await plan(current(), "evt-1");
    const late = await claimOne(current());
    const holder = await claimOne(current(), { now: NOW + 8_000 });
    expect(await current().runs.takeQuota(late, makeQuota(), NOW)).toBe("lost");
    expect(await current().runs.takeQuota(late, makeQuota({ limit: 0 }), NOW)).toBe("lost");
    expect(await stored(current(), run)).toEqual(holder);
    await current().runs.settle(holder, makeSettlement());
    expect(await current().runs.takeQuota(holder, makeQuota(), NOW)).toBe("lost");
    expect(await current().runs.usage("default", DAY)).toMatchObject({ webhook: 0 });
  });

  it("counts each type and each day for itself, and uses a limit that was raised at once", async () => {
    const requests = [
      makeQuota({ limit: 1 }),
      makeQuota({ limit: 1, type: "emailAlert" }),
      makeQuota({ limit: 1, type: "customFunction" }),
      makeQuota({ limit: 1, day: "2026-11-21" }),
      makeQuota({ limit: 1 }),
      makeQuota({ limit: 2 }),
    ];
    const answers: string[] = [];
    for (const [i, quota] of requests.entries()) {
      await plan(current(), `evt-${i}`, { action: { type: quota.type, name: "any" } });
      answers.push(await current().runs.takeQuota(await claimOne(current()), quota, NOW));
    }
    expect(answers).toEqual(["granted", "granted", "granted", "granted", "exceeded", "granted"]);
    expect(await current().runs.usage("default", DAY)).toEqual({ emailAlert: 1, webhook: 2, customFunction: 1 });
    expect(await current().runs.usage("default", "2026-11-21")).toEqual({ emailAlert: 0, webhook: 1, customFunction: 0 });
  });
}
