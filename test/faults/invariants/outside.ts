import type { ActionType } from "../../../src/model/action-type.ts";
import type { Observed } from "../invariants.ts";
import type { Ledger } from "../ledger.ts";
import { faultsOf } from "./faults.ts";

/** Webhooks and mails arrived at least once under the id of their run, and none arrived that was not to be sent. */
export function arrivalFaults(ledger: Ledger, { webhooks, mails }: Observed): readonly string[] {
  return [...sent(ledger, "webhook", webhooks), ...sent(ledger, "emailAlert", mails)];
}

function sent({ runs }: Ledger, type: ActionType, arrived: ReadonlyMap<string, number>): readonly string[] {
  const own = runs.filter(({ action }) => action.type === type);
  const started = new Set(own.filter(({ quotaDay }) => quotaDay !== null).map(({ id }) => id));
  return [
    ...faultsOf(
      own
        .filter(({ id, status }) => status === "succeeded" && !arrived.has(id))
        .map(({ id }) => `${type} ${id} succeeded and never arrived`),
    ),
    ...faultsOf(
      own
        .filter(({ id, status }) => status === "skipped" && arrived.has(id))
        .map(({ id }) => `${type} ${id} was skipped and arrived all the same`),
    ),
    ...faultsOf(
      [...arrived.keys()].filter((id) => !started.has(id)).map((id) => `${type} ${id} arrived and is not of a run that was started`),
    ),
  ];
}
