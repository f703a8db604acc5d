import type { Store } from "../../../src/store/store.ts";
import type { Ledger } from "../ledger.ts";
import { faultsOf } from "./faults.ts";

const AT_ONCE = 100;

/** Nothing waits to be found: no edit in an outbox, no lease, no run that a record still holds against a second application. */
export async function leftoverFaults(store: Store, { runs }: Ledger): Promise<readonly string[]> {
  const edits = await store.records.outbox(100);
  const due = await store.runs.nextDue(0);
  const updates = runs.filter(({ action }) => action.type === "fieldUpdate");
  const held: string[] = [];
  for (let first = 0; first < updates.length; first += AT_ONCE)
    await Promise.all(
      updates.slice(first, first + AT_ONCE).map(async ({ organization, module, record, id }) => {
        // Asks for no change, so it only says whether the record remembers this run.
        const { status } = await store.records.update({ organization, module, id: record }, id, () => null);
        if (status === "applied") held.push(id);
      }),
    );
  return [
    ...faultsOf(edits.map(({ id, recordId }) => `edit ${id} of record ${recordId} is left in the outbox`)),
    ...(due === null ? [] : [`something is still due at ${new Date(due).toISOString()}`]),
    ...faultsOf(held.map((id) => `the record of field update ${id} still remembers that run`)),
  ];
}
