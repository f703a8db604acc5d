import type { RuleReference } from "../../model/rule.ts";
import type { Schedule } from "../../model/schedule.ts";
import type { Module } from "../../model/module.ts";
import type { Defined, Snapshot } from "../definitions/snapshot.ts";

/** A schedule with what it runs. */
export type RunnableSchedule = {
  readonly organization: string;
  readonly reference: RuleReference;
  readonly document: Schedule;
  readonly isActive: boolean;
  /** ms; what came before does not exist. */
  readonly activeSince: number;
  /** ms */
  readonly changedAt: number;
  /** Of the function. */
  readonly module: Module;
  readonly zone: string;
};

const known = new WeakMap<Snapshot, readonly RunnableSchedule[]>();

/** Every schedule of an organization that has a function to run. */
export function schedulesOf(organization: string, snapshot: Snapshot): readonly RunnableSchedule[] {
  let schedules = known.get(snapshot);
  if (!schedules) known.set(snapshot, (schedules = readSchedules(organization, snapshot)));
  return schedules;
}

function readSchedules(organization: string, snapshot: Snapshot): readonly RunnableSchedule[] {
  return snapshot.definitions.flatMap((one) => (one.kind === "Schedule" ? (runnable(organization, snapshot, one) ?? []) : []));
}

function runnable(
  organization: string,
  { definitions, modules, organization: { timeZone: zone } }: Snapshot,
  one: Extract<Defined, { kind: "Schedule" }>,
) {
  const { document, entry } = one;
  const called = definitions.find(({ kind, entry: { name } }) => kind === "CustomFunction" && name === document.function);
  const module = called?.entry.module == null ? undefined : modules.get(called.entry.module);
  if (!module) return null;
  const reference = { id: entry.id, name: entry.name, version: entry.version };
  const { active: isActive, updatedAt: changedAt, activeSince = changedAt } = entry;
  return { organization, reference, document, isActive, activeSince, changedAt, module, zone } satisfies RunnableSchedule;
}
