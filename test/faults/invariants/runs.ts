import { isTerminal, type ActionRun } from "../../../src/model/run.ts";
import type { Ledger } from "../ledger.ts";
import { faultsOf } from "./faults.ts";

/** What a definition allows at most, and the scenarios ask for. */
const MOST_ATTEMPTS = 10;
/** Of all runs, as many may have lost each of their attempts to a kill: in the soak a process lives for a second or two. */
const MOST_SPENT = 0.001;

/** Every attempt was lost with its worker, so none is left (contract, section 6). */
export function isSpent({ status, attempts }: ActionRun): boolean {
  return status === "failed" && attempts.length === MOST_ATTEMPTS && attempts.every(({ outcome }) => outcome === "lost");
}

/** Each run came to one end, and its attempts tell how: one after the other, only the last of them the one that ended it. */
export function runFaults({ runs }: Ledger): readonly string[] {
  const open = runs.filter(({ status }) => !isTerminal(status));
  const ended = runs.filter(({ status }) => isTerminal(status));
  const maySpend = ended.filter(isSpent).length <= runs.length * MOST_SPENT;
  return [
    ...faultsOf(open.map((run) => `${called(run)} is still ${run.status}`)),
    ...faultsOf(
      ended
        .filter((run) => run.status === "cancelled" || (run.status === "failed" && !(maySpend && isSpent(run))))
        .map((run) => `${called(run)} ${run.status}: ${why(run)}`),
    ),
    ...faultsOf(ended.flatMap(historyFaults)),
  ];
}

function historyFaults(run: ActionRun): readonly string[] {
  const faults: string[] = [];
  if (run.finishedAt === null) faults.push("has ended and does not say when");
  if (run.waitsFor !== null) faults.push(`has ended and waits for ${run.waitsFor}`);
  if (run.attempts.some(({ number }, index) => number !== index + 1)) faults.push("has attempts that are not numbered from 1");
  const before = run.attempts.slice(0, -1).filter(({ outcome }) => outcome === "succeeded" || outcome === "skipped");
  if (before.length > 0) faults.push(`was tried again after it had ${before[0]?.outcome ?? ""}`);
  if (run.status === "succeeded" && run.attempts.at(-1)?.outcome !== "succeeded")
    faults.push(`succeeded and its last attempt says ${run.attempts.at(-1)?.outcome ?? "nothing"}`);
  return faults.map((fault) => `${called(run)} ${fault}`);
}

function called({ id, action, record }: ActionRun): string {
  return `run ${id} (${action.type} ${action.name} on record ${record})`;
}

function why({ attempts }: ActionRun): string {
  return attempts.map(({ outcome, error }) => `${outcome} (${error ?? ""})`).join(", ");
}
