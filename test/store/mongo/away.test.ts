import { expect, it } from "vitest";
import { RulewrightError } from "../../../src/model/errors.ts";
import { take } from "../../contract/ledger.ts";
import { makeClaim, makeDecided, makeEvent, makeNewRun, makeSettlement, MINUTE, NOW } from "../../support/make.ts";
import { AWAY } from "./hooked-store.ts";
import { describeTwoProcesses } from "./two-processes.ts";

await describeTwoProcesses((current) => {
  it("says that the store is away where an event that was left cannot be finished for that", async () => {
    const { one, other } = current();
    const event = makeEvent();
    one.fail("insert runs");
    await expect(take(one.store, event, makeNewRun(event))).rejects.toMatchObject(AWAY);
    other.fail("insert runs");
    const recovered = other.store.events.recover(NOW + MINUTE, () => makeDecided());
    await expect(recovered).rejects.toThrow(RulewrightError);
    await expect(recovered).rejects.toMatchObject(AWAY);
  });

  it("says that the store is away to whoever calls it after it was closed, and opens nothing again", async () => {
    const { store } = current().one;
    const event = makeEvent();
    const [run] = await take(store, event, makeNewRun(event));
    if (!run) throw new Error("expected the run that was planned");
    await store.close();
    const calls = [
      () => store.events.intake(makeEvent({ id: "evt-2" }), () => makeDecided()),
      () => store.events.recover(NOW + MINUTE, () => makeDecided()),
      () => store.runs.claim(makeClaim()),
      () => store.runs.nextDue(0),
      () => store.runs.settle({ ...run, token: 1 }, makeSettlement()),
      () => store.runs.run("default", run.id),
      () => store.records.records("default", "invoices", { limit: 1, cursor: null }),
      () => store.definitions.newest(),
      () => store.ping(),
    ];
    for (const call of calls) {
      const answer = call();
      await expect(answer).rejects.toThrow(RulewrightError);
      await expect(answer).rejects.toMatchObject(AWAY);
    }
  });

  it("says so too where it is closed under a call", async () => {
    const { store } = current().one;
    const answers = Promise.allSettled([store.runs.nextDue(0), store.definitions.newest(), store.events.recover(NOW, () => makeDecided())]);
    await store.close();
    const reasons = (await answers).flatMap((answer) => (answer.status === "rejected" ? [answer.reason as unknown] : []));
    expect(reasons).toMatchObject(reasons.map(() => AWAY));
  });
});
