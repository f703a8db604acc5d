import type { Observed } from "../invariants.ts";
import type { Ledger } from "../ledger.ts";
import { faultsOf } from "./faults.ts";

/** Whatever goes wrong at its time, it starts soon after. */
const SOON_MS = 60_000;

/** Of the runs that a rule planned on a record, counting from its date, one was done, when that date came; the others were superseded. */
export function dateFaults({ runs }: Ledger, { dated = [] }: Observed): readonly string[] {
  return faultsOf(
    dated.flatMap(({ rule, record, dueAt }) => {
      const own = runs.filter((run) => run.rule.name === rule && run.record === record && run.timing !== null);
      const left = own.filter(({ reason }) => reason !== "superseded");
      const what = `rule ${rule} on record ${record}`;
      if (left.length !== 1) return [`${left.length} of ${own.length} runs of ${what} were not superseded, and one was to be done`];
      return left.flatMap(({ status, reason, attempts: [first] }) => [
        ...(status === "succeeded" ? [] : [`the run of ${what} is ${status} (${reason})`]),
        ...(first && first.startedAt >= dueAt && first.startedAt < dueAt + SOON_MS
          ? []
          : [`the run of ${what} started at ${iso(first?.startedAt)}, and its date came at ${iso(dueAt)}`]),
      ]);
    }),
  );
}

function iso(instant: number | undefined): string {
  return instant === undefined ? "no time" : new Date(instant).toISOString();
}
