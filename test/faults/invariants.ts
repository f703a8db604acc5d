import type { JsonObject } from "../../src/model/json.ts";
import type { QuotaType } from "../../src/model/action-type.ts";
import type { Store } from "../../src/store/store.ts";
import { dateFaults } from "./invariants/dates.ts";
import { decisionFaults, firstTimeFaults } from "./invariants/decisions.ts";
import { notificationFaults, recordFaults } from "./invariants/inside.ts";
import { arrivalFaults } from "./invariants/outside.ts";
import { leftoverFaults } from "./invariants/leftovers.ts";
import { quotaFaults } from "./invariants/quota.ts";
import { runFaults } from "./invariants/runs.ts";
import { readLedger } from "./ledger.ts";

/** What a scenario asked for and what the outside saw of it. */
export type Observed = {
  readonly organization: string;
  /** Every acknowledged event, with the names of the rules that had to fire for it: as often as named, in any order. */
  readonly acknowledged: ReadonlyMap<string, readonly string[]>;
  /** Rules that had to fire for every edit that a field update made, by module. */
  readonly cascades: ReadonlyMap<string, readonly string[]>;
  /** Of the rules that fire for the first time only (not named above): the ids of the records for which each had to fire, once. */
  readonly firstTime: ReadonlyMap<string, ReadonlySet<string>>;
  /** Records as they had to become, the fields that matter. */
  readonly records: readonly { readonly module: string; readonly id: string; readonly holds: JsonObject }[];
  /** Runs that count from a date field: of each rule and record one was to be done, then. */
  readonly dated?: readonly { readonly rule: string; readonly record: string; readonly dueAt: number }[];
  /** Limits of the day; a type that is not named has been asked for less than its own. */
  readonly limits: Partial<Readonly<Record<QuotaType, number>>>;
  /** How often each id arrived: `webhook-id`s, and what stands before the @ in a Message-ID. */
  readonly webhooks: ReadonlyMap<string, number>;
  readonly mails: ReadonlyMap<string, number>;
};

/**
 * What must hold whatever was killed, lost or repeated on the way, once nothing is left to do: on both stores, after every scenario.
 * Each acknowledged event has one decision and exactly its runs; each run one terminal state; webhooks and mails arrived at least once under
 * the one id of a run, and nothing else did; field updates, notifications, first-time rules and quota exactly once; nothing is left over.
 * @returns each fault in words; none if all is well.
 */
export async function violations(store: Store, observed: Observed): Promise<readonly string[]> {
  const ledger = await readLedger(store, observed.organization);
  return [
    ...decisionFaults(ledger, observed),
    ...(await firstTimeFaults(store, ledger, observed)),
    ...runFaults(ledger),
    ...dateFaults(ledger, observed),
    ...arrivalFaults(ledger, observed),
    ...(await recordFaults(store, ledger, observed)),
    ...notificationFaults(ledger),
    ...(await quotaFaults(store, ledger, observed)),
    ...(await leftoverFaults(store, ledger)),
  ];
}
