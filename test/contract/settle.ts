import { expect, it } from "vitest";
import type { RunStatus } from "../../src/model/run.ts";
import { makeAttempt, makeClaim, makeEvent, makeNewRun, makeQuota, makeRunning, makeSettlement, NOW } from "../support/make.ts";
import { claimOne, plan, stored, take, upTo, type Current } from "./ledger.ts";

/** How an attempt ends, and what a person may do about a run. */
export function settleContract(current: Current): void {
  it("writes how a run ended with its attempt; when it was due stays", async () => {
    const run = await plan(current(), "evt-1", { dueAt: NOW - 5 });
    const claim = await claimOne(current());
    expect(await current().runs.settle(claim, makeSettlement())).toBe(true);
    const settled = { ...run, status: "succeeded", token: 1, finishedAt: NOW + 12, attempts: [makeAttempt()] };
    expect(await stored(current(), run)).toEqual(settled);
    expect(await current().runs.nextDue(0)).toBeNull();
    expect(await current().runs.claim(makeClaim({ now: NOW + 1e9 }))).toEqual([]);
  });

  it.each([
    ["succeeded", null],
    ["failed", null],
    ["skipped", "criteriaNotMet"],
    ["cancelled", null],
  ] as const)("settles a run as %s (%s) without an attempt", async (status, reason) => {
    const run = await plan(current(), "evt-1");
    await current().runs.settle(await claimOne(current()), makeSettlement({ status, reason, attempt: null, at: NOW + 3 }));
    expect(await stored(current(), run)).toEqual({ ...run, status, reason, token: 1, finishedAt: NOW + 3 });
  });

  it("refuses a second settle", async () => {
    const run = await plan(current(), "evt-1");
    const claim = await claimOne(current());
    await current().runs.settle(claim, makeSettlement());
    const second = makeSettlement({ status: "failed", attempt: makeAttempt({ outcome: "failed" }) });
    expect(await current().runs.settle(claim, second)).toBe(false);
    expect(await stored(current(), run)).toMatchObject({ status: "succeeded", attempts: [makeAttempt()] });
  });

  it("lets one of 20 concurrent settles of a claim win", async () => {
    const run = await plan(current(), "evt-1");
    const claim = await claimOne(current());
    const answers = await Promise.all(upTo(20).map(() => current().runs.settle(claim, makeSettlement())));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect((await stored(current(), run)).attempts).toHaveLength(1);
  });

  it("takes the holder's word where an earlier holder speaks at the same moment", async () => {
    const run = await plan(current(), "evt-1");
    const late = await claimOne(current());
    const holder = await claimOne(current(), { now: NOW + 8_000 });
    const failed = makeSettlement({ status: "failed" });
    const answers = [
      current().runs.settle(late, failed),
      current().runs.settle(holder, makeSettlement()),
      current().runs.settle(late, failed),
    ];
    expect(await Promise.all(answers)).toEqual([false, true, false]);
    expect(await stored(current(), run)).toMatchObject({ status: "succeeded", token: 2 });
  });

  it("refuses 100 of 100 late settles, and the new holders' count", async () => {
    await Promise.all(upTo(100).map((i) => plan(current(), `evt-${i}`)));
    const late = await current().runs.claim(makeClaim());
    const holders = await current().runs.claim(makeClaim({ now: NOW + 8_000 }));
    expect(holders).toHaveLength(100);
    const refused = await Promise.all(late.map(({ run }) => current().runs.settle(run, makeSettlement({ status: "failed" }))));
    expect(refused).toEqual(upTo(100).map(() => false));
    for (const { run } of holders) expect(await stored(current(), run)).toEqual(run);
    const kept = await Promise.all(holders.map(({ run }) => current().runs.settle(run, makeSettlement())));
    expect(kept).toEqual(upTo(100).map(() => true));
  });

  it("refuses the settle of a run that was never claimed or is unknown", async () => {
    const run = await plan(current(), "evt-1");
    expect(await current().runs.settle(run, makeSettlement())).toBe(false);
    expect(await current().runs.settle({ ...run, id: "run_unknown", token: 1 }, makeSettlement())).toBe(false);
    expect(await stored(current(), run)).toEqual(run);
  });

  it("appends attempts in order, and a retrying run is due later", async () => {
    const run = await plan(current(), "evt-1");
    const attempts = upTo(3).map((i) =>
      makeAttempt({
        number: i + 1,
        startedAt: NOW + i * 100,
        outcome: "failed",
        error: `no "${i}" \u00e9`,
        response: { status: 500 + i, body: "\u0000" },
      }),
    );
    for (const [i, attempt] of attempts.entries()) {
      const claim = await claimOne(current(), { now: NOW + i * 100 });
      await current().runs.settle(claim, makeSettlement({ status: "retrying", attempt, dueAt: NOW + (i + 1) * 100 }));
      expect(await current().runs.nextDue(0)).toBe(NOW + (i + 1) * 100);
    }
    expect(await stored(current(), run)).toEqual({ ...run, status: "retrying", token: 3, dueAt: NOW + 300, attempts });
  });

  it("schedules a run anew, and parks it where it has no due time", async () => {
    const run = await plan(current(), "evt-1", { timed: true });
    const moved = makeSettlement({ status: "scheduled", dueAt: NOW + 50, attempt: null });
    await current().runs.settle(await claimOne(current()), moved);
    expect(await stored(current(), run)).toEqual({ ...run, dueAt: NOW + 50, token: 1 });
    const parked = makeSettlement({ status: "scheduled", reason: "dateEmpty", dueAt: null, attempt: null });
    await current().runs.settle(await claimOne(current(), { now: NOW + 50 }), parked);
    expect(await stored(current(), run)).toEqual({ ...run, dueAt: null, reason: "dateEmpty", token: 2 });
    expect(await current().runs.nextDue(0)).toBeNull();
  });

  it("keeps what an attempt froze until another freezes something else", async () => {
    const run = await plan(current(), "evt-1");
    const frozen = { url: "https://erp.example", body: '{"total": "12000.0"}', parts: [1, null] };
    const retry = makeSettlement({ status: "retrying", dueAt: NOW });
    const frozenAfter: unknown[] = [];
    for (const settlement of [{ ...retry, frozen }, retry, { ...retry, frozen: "other" }, { ...retry, frozen: null }]) {
      await current().runs.settle(await claimOne(current()), settlement);
      frozenAfter.push((await stored(current(), run)).frozen);
    }
    expect(frozenAfter).toEqual([frozen, frozen, "other", null]);
  });

  it.each<[RunStatus, boolean]>([
    ["scheduled", false],
    ["running", false],
    ["retrying", true],
    ["succeeded", false],
    ["failed", true],
    ["skipped", true],
    ["cancelled", true],
  ])("a person may ask for a %s run again: %s", async (status, allowed) => {
    const run = await runOf(current, status);
    const before = await stored(current(), run);
    const answer = await current().runs.retry("default", run.id, NOW + 70);
    const retrying = { ...before, status: "retrying", reason: null, dueAt: NOW + 70, finishedAt: null, quotaDay: null };
    expect(answer).toEqual(allowed ? retrying : null);
    expect(await stored(current(), run)).toEqual(allowed ? retrying : before);
    const claimed = await current().runs.claim(makeClaim({ now: NOW + 70 }));
    const tokens = claimed.map(({ run: { token } }) => token);
    expect(tokens).toEqual(allowed || status === "scheduled" ? [before.token + 1] : []);
  });

  it.each<[RunStatus, boolean]>([
    ["scheduled", true],
    ["running", false],
    ["retrying", true],
    ["succeeded", false],
    ["failed", false],
    ["skipped", false],
    ["cancelled", false],
  ])("a person may cancel a %s run: %s", async (status, allowed) => {
    const run = await runOf(current, status);
    const before = await stored(current(), run);
    const cancelled = { ...before, status: "cancelled", reason: null, finishedAt: NOW + 70 };
    expect(await current().runs.cancel("default", run.id, NOW + 70)).toEqual(allowed ? cancelled : null);
    expect(await stored(current(), run)).toEqual(allowed ? cancelled : before);
    // What runs is still to be claimed when its lease ends; nothing else is.
    expect(await current().runs.claim(makeClaim({ now: NOW + 1e9 }))).toHaveLength(status === "running" ? 1 : 0);
  });

  it("answers null where an unknown run is to be retried or cancelled", async () => {
    expect(await current().runs.retry("default", "run_unknown", NOW)).toBeNull();
    expect(await current().runs.cancel("default", "run_unknown", NOW)).toBeNull();
    expect(await current().runs.run("default", "run_unknown")).toBeNull();
  });

  it("cancels a parked run", async () => {
    const run = await plan(current(), "evt-1", { timed: true, dueAt: null, reason: "dateEmpty" });
    expect(await current().runs.cancel("default", run.id, NOW)).toMatchObject({ status: "cancelled", reason: null, dueAt: null });
  });

  it("counts a run again that a person asks for again", async () => {
    const event = makeEvent();
    const born = makeRunning(event, {}, makeQuota());
    await take(current(), event, born);
    await current().runs.settle(born.run, makeSettlement({ status: "failed" }));
    await current().runs.retry("default", born.run.id, NOW);
    expect(await current().runs.takeQuota(await claimOne(current()), makeQuota(), NOW)).toBe("granted");
    expect(await current().runs.usage("default", "2026-11-20")).toMatchObject({ webhook: 2 });
  });
}

async function runOf(current: Current, status: RunStatus): Promise<{ readonly organization: string; readonly id: string }> {
  const event = makeEvent();
  const [run] = await take(current(), event, makeNewRun(event));
  if (!run) throw new Error("expected a run");
  if (status === "scheduled") return run;
  const claim = await claimOne(current());
  await current().runs.takeQuota(claim, makeQuota(), NOW);
  if (status === "retrying") await current().runs.settle(claim, makeSettlement({ status, dueAt: NOW + 60 }));
  else if (status === "skipped") await current().runs.settle(claim, makeSettlement({ status, reason: "missed" }));
  else if (status !== "running") await current().runs.settle(claim, makeSettlement({ status }));
  return run;
}
