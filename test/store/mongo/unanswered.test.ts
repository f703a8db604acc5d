import { expect, it } from "vitest";
import { take, upTo } from "../../contract/ledger.ts";
import { makeClaim, makeDecided, makeEvent, makeNewRun, makeRunning, makeSlots, NOW } from "../../support/make.ts";
import { AWAY, type HookedStore } from "./hooked-store.ts";
import { describeTwoProcesses } from "./two-processes.ts";

/** Runs that one process stored already claimed, without hearing of it. */
async function storeUnheard({ store, loseAnswer, heal }: HookedStore, runs = 1): Promise<void> {
  const event = makeEvent();
  loseAnswer("insert runs");
  const intake = store.events.intake(event, () => makeDecided({ runs: upTo(runs).map((i) => makeRunning(event, { n: i + 1 })) }));
  await expect(intake).rejects.toMatchObject(AWAY);
  heal();
}

const HANDED = { lost: false, run: { status: "running", token: 1, attempts: [] } };

await describeTwoProcesses((current) => {
  it("starts what it stored without hearing of it with its next claim, which is due at once, and once", async () => {
    const { one } = current();
    await storeUnheard(one);
    expect(await one.store.runs.nextDue(NOW)).toBe(NOW + 1);
    expect(await one.store.runs.claim(makeClaim({ now: NOW + 1_000 }))).toMatchObject([HANDED]);
    expect(await one.store.runs.nextDue(NOW)).toBe(NOW + 9_000);
    expect(await one.store.runs.claim(makeClaim({ now: NOW + 1_000 }))).toEqual([]);
  });

  it("has one attempt of it lost, and hands it out once, where the next claim comes after the lease", async () => {
    const { one } = current();
    await storeUnheard(one);
    const claimed = await one.store.runs.claim(makeClaim({ now: NOW + 8_000 }));
    expect(claimed).toMatchObject([{ lost: true, run: { token: 2, attempts: [{ outcome: "lost" }] } }]);
    expect(await one.store.runs.claim(makeClaim({ now: NOW + 8_000 }))).toEqual([]);
  });

  it("leaves it to whoever claimed it meanwhile", async () => {
    const { one, other } = current();
    await storeUnheard(one);
    expect(await other.store.runs.claim(makeClaim({ now: NOW + 8_000 }))).toHaveLength(1);
    expect(await one.store.runs.claim(makeClaim({ now: NOW + 8_001 }))).toEqual([]);
    expect(await one.store.runs.nextDue(NOW)).toBe(NOW + 16_000);
  });

  it("starts it although the rest of the claim fails", async () => {
    const { one } = current();
    await storeUnheard(one);
    one.fail("find lost runs");
    expect(await one.store.runs.claim(makeClaim())).toMatchObject([HANDED]);
  });

  it.each(["extend unanswered claims", "read claimed runs"])("still knows of it after a claim that fails at: %s", async (call) => {
    const { one } = current();
    await storeUnheard(one);
    one.fail(call);
    await expect(one.store.runs.claim(makeClaim())).rejects.toMatchObject(AWAY);
    one.heal();
    expect(await one.store.runs.claim(makeClaim())).toMatchObject([HANDED]);
  });

  it("keeps what has no slot for the claim after", async () => {
    const { one } = current();
    await storeUnheard(one, 3);
    for (const expected of [[HANDED], [HANDED], [HANDED], []])
      expect(await one.store.runs.claim(makeClaim({ slots: makeSlots(1) }))).toMatchObject(expected);
  });

  it("starts what a claim took without hearing of it", async () => {
    const { one } = current();
    const event = makeEvent();
    await take(one.store, event, makeNewRun(event));
    one.loseAnswer("claim due runs");
    await expect(one.store.runs.claim(makeClaim())).rejects.toMatchObject(AWAY);
    one.heal();
    expect(await one.store.runs.claim(makeClaim())).toMatchObject([HANDED]);
  });

  it("answers what the first round of a claim took where the second fails", async () => {
    const { one, other } = current();
    const event = makeEvent();
    await take(one.store, event, makeNewRun(event, { n: 1 }), makeNewRun(event, { n: 2 }));
    one.before("claim due runs", () => other.store.runs.claim(makeClaim({ slots: makeSlots(1) })));
    one.fail("find lost runs", 1);
    expect(await one.store.runs.claim(makeClaim())).toMatchObject([{ run: { n: 2 } }]);
  });
});
