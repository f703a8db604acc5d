import { expect, it } from "vitest";
import type { ActionType } from "../../src/model/action-type.ts";
import type { ActionRun } from "../../src/model/run.ts";
import type { ClaimRequest } from "../../src/store/runs.ts";
import { makeClaim, makeEvent, makeNewRun, makeRunning, makeSlots, NOW } from "../support/make.ts";
import { take, upTo, type Current } from "./ledger.ts";

/** Who comes first where more is due than a claim has slots for: no organization's backlog keeps another waiting. */
export function fairnessContract(current: Current): void {
  /** So many due runs of an organization, of one event: the first is the oldest, and each next one is due a millisecond later. */
  async function backlog(organization: string, runs: number, oldest: number, type: ActionType = "webhook"): Promise<void> {
    const event = makeEvent({ organization, id: `evt-${organization}-${type}` });
    const action = { type, name: "any" };
    await take(current(), event, ...upTo(runs).map((i) => makeNewRun(event, { n: i + 1, dueAt: oldest + i, action })));
  }

  async function claim(slots: number, request: Partial<ClaimRequest> = {}): Promise<readonly ActionRun[]> {
    const claimed = await current().runs.claim(makeClaim({ slots: makeSlots(0, { webhook: slots }), ...request }));
    return claimed.map(({ run }) => run);
  }

  const of = (organization: string, runs: readonly ActionRun[]) => runs.filter((run) => run.organization === organization);
  const counts = (runs: readonly ActionRun[]) => Object.fromEntries(["a", "b", "c"].map((name) => [name, of(name, runs).length]));
  const dues = (runs: readonly ActionRun[]) => runs.map(({ dueAt }) => dueAt ?? 0);
  const ids = (runs: readonly ActionRun[]) => new Set(runs.map(({ organization, id }) => `${organization} ${id}`));

  it("claims everything, the oldest due first, where there are slots for all", async () => {
    await backlog("a", 20, NOW - 500);
    await backlog("b", 30, NOW - 510);
    const claimed = await claim(50);
    expect(counts(claimed)).toEqual({ a: 20, b: 30, c: 0 });
    expect(dues(claimed)).toEqual(dues(claimed).toSorted((a, b) => a - b));
  });

  it("claims the oldest due first of a single organization's backlog", async () => {
    await backlog("a", 130, NOW - 500);
    const claimed = [...(await claim(50)), ...(await claim(50)), ...(await claim(50))];
    expect(dues(claimed)).toEqual(upTo(130).map((i) => NOW - 500 + i));
  });

  it("claims the few newer runs of one organization in the midst of another's older backlog", async () => {
    await backlog("a", 1_000, NOW - 5_000);
    await backlog("b", 10, NOW - 20);
    const claimed = [...(await claim(50)), ...(await claim(50))];
    expect(counts(claimed)).toEqual({ a: 90, b: 10, c: 0 });
    expect(dues(of("a", claimed)).toSorted((a, b) => a - b)).toEqual(upTo(90).map((i) => NOW - 5_000 + i));
  });

  it("shares the slots evenly, what one has no use for among the others, each organization's oldest first", async () => {
    await backlog("a", 200, NOW - 5_000);
    await backlog("b", 200, NOW - 1_000);
    await backlog("c", 5, NOW - 10);
    const claimed = await claim(50);
    const { a = 0, b = 0, c } = counts(claimed);
    expect([a + b, c]).toEqual([45, 5]);
    expect(Math.abs(a - b)).toBeLessThanOrEqual(1);
    expect(dues(of("a", claimed))).toEqual(upTo(a).map((i) => NOW - 5_000 + i));
    expect(dues(of("b", claimed))).toEqual(upTo(b).map((i) => NOW - 1_000 + i));
  });

  it("lets 30 organizations take turns at 10 slots, and gives no run twice", async () => {
    const organizations = upTo(30).map((i) => `org-${String(i).padStart(2, "0")}`);
    for (const [i, organization] of organizations.entries()) await backlog(organization, 3, NOW - 100 * (i + 1));
    const claimed: ActionRun[] = [];
    for (const round of [1, 2, 3]) {
      for (const _ of upTo(3)) claimed.push(...(await claim(10)));
      expect(organizations.map((organization) => of(organization, claimed).length)).toEqual(organizations.map(() => round));
    }
    expect(ids(claimed).size).toBe(90);
    expect(await claim(10)).toEqual([]);
  });

  it("lets organizations take turns at a single slot", async () => {
    for (const [i, organization] of ["a", "b", "c"].entries()) await backlog(organization, 20, NOW - 1_000 * (i + 1));
    const claimed: ActionRun[] = [];
    for (const _ of upTo(6)) claimed.push(...(await claim(1)));
    expect(counts(claimed)).toEqual({ a: 2, b: 2, c: 2 });
  });

  it("is not held up by organizations that have something planned for later only", async () => {
    for (const i of upTo(40)) await backlog(`later-${i}`, 1, NOW + 1_000);
    await backlog("a", 60, NOW - 5_000);
    await backlog("z", 5, NOW - 20);
    const claimed = [...(await claim(20)), ...(await claim(20))];
    expect([of("a", claimed).length, of("z", claimed).length]).toEqual([35, 5]);
  });

  it("shares the slots of each action type for themselves", async () => {
    await backlog("a", 100, NOW - 5_000, "webhook");
    await backlog("b", 5, NOW - 20, "webhook");
    await backlog("c", 100, NOW - 5_000, "emailAlert");
    await backlog("a", 5, NOW - 20, "emailAlert");
    const claimed = await claim(0, { slots: makeSlots(0, { webhook: 10, emailAlert: 12 }) });
    const typed = (type: ActionType) => counts(claimed.filter(({ action }) => action.type === type));
    expect(typed("webhook")).toEqual({ a: 5, b: 5, c: 0 });
    expect(typed("emailAlert")).toEqual({ a: 5, b: 0, c: 7 });
  });

  it("takes a dead worker's runs back in the midst of another organization's backlog", async () => {
    await backlog("a", 100, NOW - 50_000);
    const event = makeEvent({ organization: "b" });
    await take(current(), event, ...upTo(5).map((i) => makeRunning(event, { n: i + 1 })));
    const now = NOW + 8_000;
    const claimed = [...(await claim(10, { now })), ...(await claim(10, { now }))];
    expect(counts(claimed)).toEqual({ a: 15, b: 5, c: 0 });
  });

  it("gives no run of a shared backlog to two of 8 claimers", async () => {
    for (const organization of ["a", "b", "c"]) await backlog(organization, 50, NOW - 1_000);
    const claimed = (await Promise.all(upTo(8).map(() => claim(25)))).flat();
    expect([claimed.length, ids(claimed).size]).toEqual([150, 150]);
  });
}
