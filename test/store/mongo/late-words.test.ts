import { expect, it } from "vitest";
import { claimOne, plan, stored } from "../../contract/ledger.ts";
import { makeClaim, makeQuota, makeSettlement, NOW } from "../../support/make.ts";
import { describeTwoProcesses } from "./two-processes.ts";

await describeTwoProcesses((current) => {
  it("puts no lease back by a heartbeat that comes after the next one", async () => {
    const { one, other } = current();
    await plan(one.store, "evt-1");
    const run = await claimOne(one.store);
    const held = one.hold("extend leases");
    const late = one.store.runs.extend([run], NOW + 10_000);
    await held.reached;
    expect(await one.store.runs.extend([run], NOW + 20_000)).toEqual([]);
    held.release();
    expect(await late).toEqual([]);
    expect(await other.store.runs.claim(makeClaim({ now: NOW + 12_000 }))).toEqual([]);
    expect(await other.store.runs.claim(makeClaim({ now: NOW + 20_000 }))).toHaveLength(1);
  });

  it("writes no grant down with a run that a person has asked for again since", async () => {
    const { one, other } = current();
    const planned = await plan(one.store, "evt-1");
    const run = await claimOne(one.store);
    const granting = one.hold("write down granted quota");
    const granted = one.store.runs.takeQuota(run, makeQuota(), NOW);
    await granting.reached;
    await one.store.runs.settle(run, makeSettlement({ status: "failed" }));
    await other.store.runs.retry("default", run.id, NOW);
    const asking = other.hold("find asking runs");
    const again = other.store.runs.takeQuota(await claimOne(other.store), makeQuota(), NOW);
    await asking.reached;
    granting.release();
    await granted;
    asking.release();
    expect(await again).toBe("granted");
    expect(await stored(other.store, planned)).toMatchObject({ status: "running", quotaDay: "2026-11-20" });
    expect(await other.store.runs.usage("default", "2026-11-20")).toMatchObject({ webhook: 2 });
  });
});
