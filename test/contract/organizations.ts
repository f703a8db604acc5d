import { expect, it } from "vitest";
import type { ActionRun } from "../../src/model/run.ts";
import type { Store } from "../../src/store/store.ts";
import {
  makeCascade,
  makeClaim,
  makeDecided,
  makeEvent,
  makeGeneration,
  makeKey,
  makeNewRun,
  makeNotification,
  makeQuota,
  makeRecord,
  makeSettlement,
  makeVersion,
  NOW,
} from "../support/make.ts";
import { FIRST_PAGE, plan, take, type Current } from "./ledger.ts";

const A = "org-a";
const B = "org-b";

/** The same event, record, rule and run ids in two organizations that have nothing to do with each other. */
export function organizationContract(current: Current): void {
  const eventOf = (organization: string) => makeEvent({ organization, record: { owner: organization } });

  async function both(run: Partial<ActionRun> = {}): Promise<void> {
    for (const organization of [A, B]) {
      const event = eventOf(organization);
      await take(current(), event, makeNewRun(event, { id: "run_1", execution: "exe_1", ...run }));
    }
  }
  const claims = async () => (await current().runs.claim(makeClaim())).map(({ run }) => run);
  const claimOf = async (organization: string) => {
    const found = (await claims()).find((run) => run.organization === organization);
    if (!found) throw new Error(`nothing claimed for ${organization}`);
    return found;
  };

  it("keeps the same event, record and run of each", async () => {
    await both();
    for (const organization of [A, B]) {
      expect(await current().events.event(organization, "evt-1")).toMatchObject({ organization, record: { owner: organization } });
      expect((await current().events.events({ organization }, FIRST_PAGE)).data).toHaveLength(1);
      expect(await current().records.record(makeKey({ organization }))).toEqual(
        makeRecord({ organization, body: { owner: organization } }),
      );
      expect((await current().records.records(organization, "invoices", FIRST_PAGE)).data).toHaveLength(1);
      expect(await current().runs.run(organization, "run_1")).toMatchObject({ organization });
      expect(await current().runs.runsOfEvent(organization, "evt-1")).toMatchObject([{ organization }]);
      expect(await current().runs.execution(organization, "exe_1")).toMatchObject({ runs: [{ organization }] });
      const filter = { organization, event: "evt-1", rule: "rule-1", record: "90300" };
      for (const status of [undefined, "scheduled"] as const) {
        const asked = status ? { ...filter, status } : filter;
        expect((await current().runs.runs(asked, FIRST_PAGE)).data).toMatchObject([{ organization }]);
        expect((await current().runs.executions(asked, FIRST_PAGE)).data).toMatchObject([{ runs: [{ organization }] }]);
      }
    }
  });

  it("settles, extends, counts, retries and cancels the run of one only", async () => {
    await both();
    const [a, b] = await claims();
    if (!a || !b) throw new Error("expected two claims");
    expect([a.organization, b.organization]).toEqual([A, B]);
    expect(await current().runs.takeQuota(a, makeQuota({ limit: 1 }), NOW)).toBe("granted");
    expect(await current().runs.takeQuota(b, makeQuota({ limit: 1 }), NOW)).toBe("granted");
    expect(await current().runs.settle(a, makeSettlement({ status: "failed" }))).toBe(true);
    expect(await current().runs.run(B, "run_1")).toEqual({ ...b, quotaDay: "2026-11-20" });
    expect(await current().runs.extend([b], NOW + 99_000)).toEqual([]);
    expect(await current().runs.retry(A, "run_1", NOW)).toMatchObject({ organization: A, status: "retrying" });
    expect(await current().runs.retry(B, "run_1", NOW)).toBeNull();
    expect(await current().runs.cancel(A, "run_1", NOW)).toMatchObject({ organization: A, status: "cancelled" });
    expect(await current().runs.settle(b, makeSettlement())).toBe(true);
    expect(await current().runs.usage(A, "2026-11-20")).toMatchObject({ webhook: 1 });
    expect(await current().runs.usage("org-c", "2026-11-20")).toMatchObject({ webhook: 0 });
  });

  it("frees and forgets for the field update of one only", async () => {
    for (const organization of [A, B]) {
      const event = eventOf(organization);
      const update = makeNewRun(event, { id: "run_1", action: { type: "fieldUpdate", name: "close" } });
      await take(current(), event, update, makeNewRun(event, { id: "run_2", n: 2, waitsFor: "run_1" }));
      await apply(current(), organization);
    }
    await current().runs.settle(await claimOf(B), makeSettlement());
    expect(await current().runs.run(B, "run_2")).toMatchObject({ waitsFor: null });
    expect(await current().runs.run(A, "run_2")).toMatchObject({ waitsFor: "run_1" });
    const remembers = async (organization: string) =>
      (await current().records.update(makeKey({ organization }), "run_1", () => null)).status === "applied";
    expect([await remembers(A), await remembers(B)]).toEqual([true, false]);
  });

  it("skips the pending runs of the organization whose record is deleted only", async () => {
    await both({ timed: true });
    await take(current(), makeEvent({ organization: A, id: "evt-2", type: "deleted" }));
    expect(await current().runs.run(A, "run_1")).toMatchObject({ status: "skipped" });
    expect(await claims()).toMatchObject([{ organization: B }]);
  });

  it("remembers first times of each", async () => {
    const seen: string[][] = [];
    for (const organization of [A, B, A])
      await current().events.intake(
        makeEvent({ organization, id: `evt-${seen.length}`, firstTimeRules: ["rule-1"] }),
        ({ alreadyFired }) => {
          seen.push([...alreadyFired]);
          return makeDecided({ firstTime: ["rule-1"] });
        },
      );
    expect(seen).toEqual([[], [], ["rule-1"]]);
  });

  it("takes the edit of one out of the outbox only", async () => {
    await both();
    for (const organization of [A, B]) await apply(current(), organization);
    await current().records.outboxDone(makeCascade({ organization: A }));
    expect(await current().records.outbox(10)).toMatchObject([{ organization: B, id: "evt-cascade" }]);
  });

  it("keeps definitions of each", async () => {
    for (const organization of [A, B])
      await current().definitions.swap(organization, makeGeneration({ entries: [] }), [makeVersion({ conditions: organization })]);
    await current().definitions.swap(A, makeGeneration({ number: 2 }), []);
    expect((await current().definitions.organizations()).toSorted()).toEqual([A, B]);
    expect(await current().definitions.current(B)).toEqual(makeGeneration({ entries: [] }));
    expect(await current().definitions.versions(B, [makeVersion()])).toEqual([makeVersion({ conditions: B })]);
    expect(await current().definitions.generation("org-c", 1)).toBeNull();
  });

  it("keeps notifications of each", async () => {
    for (const organization of [A, B]) await current().notifications.add([makeNotification({ organization })]);
    await current().notifications.markRead(A, "ntf-1");
    expect(await current().notifications.markRead("org-c", "ntf-1")).toBeNull();
    for (const filter of [{}, { user: "7605001" }, { unread: true }, { user: "7605001", unread: true }])
      expect((await current().notifications.list({ organization: B, ...filter }, FIRST_PAGE)).data).toEqual([
        makeNotification({ organization: B }),
      ]);
    expect((await current().notifications.list({ organization: A, unread: true }, FIRST_PAGE)).data).toEqual([]);
  });

  it("lists nothing of one to the other", async () => {
    await plan(current(), "evt-9", {}, { organization: A });
    expect((await current().runs.runs({ organization: B, event: "evt-9" }, FIRST_PAGE)).data).toEqual([]);
    expect((await current().runs.executions({ organization: B }, FIRST_PAGE)).data).toEqual([]);
    expect((await current().events.events({ organization: B }, FIRST_PAGE)).data).toEqual([]);
  });
}

/** A field update of `run_1` on the record of that organization. */
function apply(store: Store, organization: string) {
  const cascade = makeCascade({ organization });
  return store.records.update(makeKey({ organization }), "run_1", ({ body }) => ({ body, cascade, dates: null }));
}
