import { differences, faultsOf } from "../invariants/faults.ts";
import type { Ledger } from "../ledger.ts";
import { functionAt, type Due } from "./hours.ts";

/** The first attempt is made so soon, whoever is killed: before a wall time that comes twice comes again. */
const SOON_MS = 1_200_000;

/**
 * Each that was due has one run that succeeded and began at its time, and what the clock brings has one event; there is nothing else.
 * @param told what the schedules' functions told a receiver, and how often: their names and days
 */
export function dueFaults({ events, runs }: Ledger, due: readonly Due[], told: ReadonlyMap<string, number>): readonly string[] {
  const brought = events.flatMap(({ occurrence, decision, recordId, occurredAt }) => {
    if (occurrence === null) return [];
    const rule = decision.executions[0]?.rule.name ?? "nothing";
    return [called({ rule, record: recordId, at: occurredAt }) + (occurrence.missed ? ", missed" : "")];
  });
  const toBring = due.filter(({ brought }) => brought);
  const inEvents = differences(toBring.map(called), brought);
  const toDo = due.map(({ rule, record, at }) => ({ rule, record, at, what: called({ rule, record, at }) }));
  // Several of one rule and record are in the order of their times, which is that of their ids.
  const done = [...runs].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const times = new Map<string, number>();
  const undone = toDo.flatMap(({ rule, record, at, what }) => {
    const key = `${rule} ${record}`;
    const nth = times.get(key) ?? 0;
    times.set(key, nth + 1);
    const run = done.filter((one) => one.rule.name === rule && one.record === record)[nth];
    if (!run) return [`there is no run of ${what}`];
    const began = run.attempts[0]?.startedAt ?? 0;
    if (run.status !== "succeeded") return [`the run of ${what} is ${run.status} (${run.reason})`];
    return began >= at && began < at + SOON_MS ? [] : [`the run of ${what} began at ${new Date(began).toISOString()}`];
  });
  const ticks = due.filter(({ record }) => record === "");
  const calls = differences(
    ticks.map(({ rule, at }) => `${functionAt(Number(rule.split("-")[1]))} ${new Date(at).toISOString().slice(0, 10)}`),
    [...told.keys()],
  );
  return [
    ...faultsOf(inEvents.missing.map((what) => `there is no event of ${what}`)),
    ...faultsOf(inEvents.extra.map((what) => `there is an event of ${what}, which should not be or is there twice`)),
    ...faultsOf(undone),
    ...(runs.length > due.length ? [`there are ${runs.length} runs, and ${due.length} were due`] : []),
    ...faultsOf(calls.missing.map((call) => `function ${call} never told anybody`)),
    ...faultsOf(calls.extra.map((call) => `function ${call} was run, and that was no time of its schedule`)),
  ];
}

function called({ rule, record, at }: Omit<Due, "brought">): string {
  return `${rule}${record === "" ? "" : ` on record ${record}`} at ${new Date(at).toISOString()}`;
}
