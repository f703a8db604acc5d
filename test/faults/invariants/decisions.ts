import type { Occurrence } from "../../../src/model/event.ts";
import type { Decision } from "../../../src/model/run.ts";
import type { Store } from "../../../src/store/store.ts";
import type { Observed } from "../invariants.ts";
import type { Ledger } from "../ledger.ts";
import { differences, faultsOf, groupBy } from "./faults.ts";

/** Each event has one decision: of the rules that had to fire, with exactly the runs that it planned. */
export function decisionFaults({ events, runs }: Ledger, { acknowledged, cascades, firstTime }: Observed): readonly string[] {
  const times = groupBy(events, ({ id }) => id);
  const runsOf = groupBy(runs, ({ event }) => event);
  const lost = [...acknowledged.keys()].filter((id) => !times.has(id)).map((id) => `event ${id} was acknowledged and is not stored`);
  const doubled = [...times].filter(([, same]) => same.length > 1).map(([id, { length }]) => `event ${id} is stored ${length} times`);
  const decided = events.flatMap(({ id, module, origin, decision, occurrence }) => {
    if (occurrence !== null) return isOfItsRule(occurrence, decision) ? [] : [`event ${id} of the clock fired something but its rule`];
    const expected = origin === "fieldUpdate" ? (cascades.get(module) ?? []) : acknowledged.get(id);
    if (expected === undefined) return [`event ${id} is stored and was never acknowledged`];
    const fired = decision.executions.map(({ rule }) => rule.name).filter((name) => !firstTime.has(name));
    const { missing, extra } = differences(expected, fired);
    return [
      ...missing.map((name) => `rule ${name} did not fire for event ${id}`),
      ...extra.map((name) => `rule ${name} fired for event ${id} and had no reason to`),
    ];
  });
  const planned = events.flatMap(({ id, decision }) => {
    const inDecision = decision.executions.flatMap((execution) => execution.runs.map((run) => run.id));
    const inLedger = (runsOf.get(id) ?? []).map((run) => run.id);
    const { missing, extra } = differences(inDecision, inLedger);
    return [
      ...missing.map((run) => `run ${run} of event ${id} was decided and is not in the log`),
      ...extra.map((run) => `run ${run} of event ${id} is in the log and was not decided, or is there twice`),
    ];
  });
  const orphans = runs
    .filter(({ event }) => !times.has(event))
    .map(({ id, event }) => `run ${id} is of event ${event}, which is not stored`);
  return [lost, doubled, decided, planned, orphans].flatMap(faultsOf);
}

/** What the clock brings is one rule's. */
function isOfItsRule({ of }: Occurrence, { executions }: Decision): boolean {
  return executions.length === 1 && executions.every(({ rule }) => rule.id === of);
}

/** A first-time rule fired once for each of its records, and remembers it. */
export async function firstTimeFaults(store: Store, { events }: Ledger, { organization, firstTime }: Observed): Promise<readonly string[]> {
  const fired = events.flatMap(({ recordId, decision }) =>
    decision.executions.filter(({ rule }) => firstTime.has(rule.name)).map(({ rule }) => ({ rule, record: recordId })),
  );
  const faults: string[] = [];
  for (const [name, records] of firstTime) {
    const own = fired.filter(({ rule }) => rule.name === name);
    const { missing, extra } = differences(
      [...records],
      own.map(({ record }) => record),
    );
    faults.push(...missing.map((record) => `first-time rule ${name} did not fire for record ${record}`));
    faults.push(...extra.map((record) => `first-time rule ${name} fired again for record ${record}`));
    for (const { rule, record } of own)
      if (!(await store.events.firedBefore(organization, [rule.id], record)).has(rule.id))
        faults.push(`first-time rule ${name} fired for record ${record} and does not remember it`);
  }
  return faultsOf(faults);
}
