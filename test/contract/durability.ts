import { expect, it } from "vitest";
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
  makeRunning,
  makeSettlement,
  makeVersion,
  NOW,
} from "../support/make.ts";
import { FIRST_PAGE, stored, take, upTo, type OpenedStore } from "./ledger.ts";

/** What is written stays, and a store that is closed has written everything. */
export function durabilityContract(opened: () => OpenedStore): void {
  it("answers a ping, and not once it is closed", async () => {
    await opened().store.ping();
    await opened().store.close();
    await expect(opened().store.ping()).rejects.toBeInstanceOf(Error);
  });

  it("may be closed twice, one after the other or at once", async () => {
    await Promise.all([opened().store.close(), opened().store.close()]);
    expect(await opened().store.close()).toBeUndefined();
  });

  it("finishes the writes under way when it is closed, and refuses later ones", async () => {
    const { store } = opened();
    const answers = upTo(250).map((i) => store.events.intake(makeEvent({ id: `evt-${i}`, recordId: String(i) }), () => makeDecided()));
    await store.close();
    expect((await Promise.all(answers)).filter(({ status }) => status === "accepted")).toHaveLength(250);
    await expect(store.events.intake(makeEvent({ id: "evt-late" }), () => makeDecided())).rejects.toBeInstanceOf(Error);
    const reopened = await opened().reopen();
    expect((await reopened.events.events({ organization: "default" }, { limit: 300, cursor: null })).data).toHaveLength(250);
  });

  it("has everything after it was closed and opened again", async () => {
    const before = await everything(opened().store, true);
    const reopened = await opened().reopen();
    expect(await everything(reopened, false)).toEqual(before);
    expect(await reopened.events.intake(makeEvent(), () => makeDecided())).toEqual({ status: "duplicate" });
    const remembered: string[] = [];
    await reopened.events.intake(makeEvent({ id: "evt-3", firstTimeRules: ["rule-1"] }), ({ alreadyFired }) => {
      remembered.push(...alreadyFired);
      return makeDecided();
    });
    expect(remembered).toEqual(["rule-1"]);
    expect(await reopened.records.update(makeKey(), "run-applied", () => null)).toMatchObject({ status: "applied" });
  });

  it("gives a run that was running back when its lease ends, after being opened again", async () => {
    const event = makeEvent();
    const born = makeRunning(event);
    await take(opened().store, event, born);
    const reopened = await opened().reopen();
    expect(await reopened.runs.claim(makeClaim({ now: NOW + 7_999 }))).toEqual([]);
    expect(await reopened.runs.claim(makeClaim({ now: NOW + 8_000 }))).toMatchObject([{ lost: true, run: { id: born.run.id, token: 2 } }]);
    expect(await reopened.runs.settle(born.run, makeSettlement())).toBe(false);
  });
}

/** Everything that a store can show of one of each; filled first where asked. */
async function everything(store: Store, fill: boolean): Promise<unknown> {
  const event = makeEvent();
  const born = makeRunning(event, {}, makeQuota());
  const key = { organization: "default", id: "key-1", hash: "hash", createdAt: NOW };
  if (fill) {
    const waiting = makeNewRun(event, { n: 2, timed: true, recheck: true, waitsFor: "run_other", dueAt: NOW + 5 });
    await store.events.intake(event, () => makeDecided({ runs: [born, waiting], firstTime: ["rule-1"] }));
    await store.runs.settle(born.run, makeSettlement({ status: "retrying", dueAt: NOW + 60, frozen: { body: "x" } }));
    await store.records.update(makeKey(), "run-applied", ({ body }) => ({ body, cascade: makeCascade(), dates: null }));
    await store.definitions.swap("default", makeGeneration(), [makeVersion()]);
    await store.keys.addFirst(key);
    await store.notifications.add([makeNotification()]);
    await store.notifications.markRead("default", "ntf-1");
  }
  return {
    event: await store.events.event("default", event.id),
    run: await stored(store, born.run),
    runs: await store.runs.runs({ organization: "default" }, FIRST_PAGE),
    executions: await store.runs.executions({ organization: "default" }, FIRST_PAGE),
    nextDue: await store.runs.nextDue(0),
    usage: await store.runs.usage("default", "2026-11-20"),
    record: await store.records.record(makeKey()),
    outbox: await store.records.outbox(10),
    generation: await store.definitions.current("default"),
    versions: await store.definitions.versions("default", [makeVersion()]),
    organizations: await store.definitions.organizations(),
    keys: await store.keys.keys("default"),
    notifications: await store.notifications.list({ organization: "default" }, FIRST_PAGE),
  };
}
