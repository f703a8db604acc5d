import type { Store } from "../../../src/store/store.ts";
import { makeCascade, makeEvent, makeKey, makeNewRun, makeRunning } from "../../support/make.ts";

/** Events that are told of by numbers, each of its own record, with a field update. */
export const of = (n: number) => makeEvent({ id: `evt-${n}`, recordId: `${n}` });
export const keyOf = (n: number) => makeKey({ id: `${n}` });
export const updateOf = (n: number) => makeNewRun(of(n), { action: { type: "fieldUpdate", name: "close" } });
export const runningOf = (n: number) => makeRunning(of(n), { action: { type: "fieldUpdate", name: "close" } });
export const cascadeOf = (n: number) => makeCascade({ id: `edit-${n}`, recordId: `${n}` });
export const waitingOf = (n: number) => makeNewRun(of(n), { n: 2, waitsFor: updateOf(n).run.id });

/** Closes the record for its run; answers what became of that. */
export async function update({ records }: Store, n: number, status = "closed"): Promise<string> {
  const change = { cascade: cascadeOf(n), dates: null };
  return (await records.update(keyOf(n), updateOf(n).run.id, ({ body }) => ({ ...change, body: { ...body, status } }))).status;
}
