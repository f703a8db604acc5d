import { pendingKey } from "../../../decide/moves.ts";
import { writesRecord } from "../../../model/event.ts";
import { dateFieldOf, type ActionRun } from "../../../model/run.ts";
import type { Decided } from "../../events.ts";
import type { Move } from "../../runs.ts";
import { asOfLate, asOfRecord } from "../as-of.ts";
import type { RecordDocument, RunDocument } from "../documents.ts";
import { wordsOn, type Word } from "../runs/moves.ts";
import type { Following } from "./following.ts";
import type { PlannedRun } from "./new-runs.ts";

/** What there is by now of the record of an event that is finished late, and of the runs that count from the record's dates. */
export type Meanwhile = {
  readonly record: RecordDocument | null;
  /** Those of the event itself that are written, by their ids. */
  readonly own: ReadonlyMap<string, RunDocument>;
  /** Those of other events that are pending. */
  readonly others: readonly RunDocument[];
};

/** How the event is decided on what there is by now. */
export type DecideAnew = {
  asNewest(pending: readonly RunDocument[]): Decided;
  /** Where something newer has made the record what it is. */
  behind(record: RecordDocument): Decided;
};

/** The event's runs that are planned otherwise by now, by their ids: of those only that no newer event was told of. */
type Anew = ReadonlyMap<string, ActionRun>;

/**
 * What follows from an event that is finished late, where others of its record were not told of its runs, nor it of theirs. Of those that
 * count from a date one is left for each `pendingKey`, the newest event's, due by the newest dates; what has started stays as it is.
 */
export function followingLate(following: Following, meanwhile: Meanwhile, decideAnew: DecideAnew): Following {
  const { record, own } = meanwhile;
  const newer = record && isBehind(following, record) ? record : null;
  const late = newer ? { ...following, asOf: asOfLate(following.asOf, asOfRecord(newer)) } : following;
  const anew = plannedAnew(late, meanwhile, newer && (() => decideAnew.behind(newer)));
  const taken = keysTaken(late, own, anew);
  return {
    ...late,
    runs: late.runs.map((planned) => ({ ...planned, run: anew.get(planned.run.id) ?? planned.run })),
    moves: [
      ...wordsKept(late, meanwhile, taken),
      ...wordsOnOlder(late, meanwhile, taken, newer ? null : decideAnew.asNewest),
      ...[...anew.values()].flatMap((run) => wordOn(own.get(run.id), run)),
    ],
  };
}

export function datedOf(planned: readonly PlannedRun[]): readonly ActionRun[] {
  return planned.flatMap(({ run }) => (run.status === "scheduled" && dateFieldOf(run.timing) !== null ? [run] : []));
}

/** @param behind null where nothing newer has written the record */
function plannedAnew(late: Following, { own, others }: Meanwhile, behind: (() => Decided) | null): Anew {
  const untold = datedOf(late.runs).filter(({ id }) => isUntold(own.get(id), late.asOf));
  const decided = behind && untold.length > 0 ? behind().runs : [];
  const overtaken = new Set(others.filter((other) => !isOlder(other, late)).map(pendingKey));
  const anew = untold.flatMap((planned) => {
    // As it was planned where the rule is another by now.
    const run = decided.find(({ run: { id, rule } }) => id === planned.id && rule.version === planned.rule.version)?.run ?? planned;
    if (run.status === "scheduled" && overtaken.has(pendingKey(run))) return superseded(run);
    return run === planned ? [] : run;
  });
  return new Map(anew.map((run) => [run.id, run]));
}

/** No newer event has said anything of it. @param there as it is written, if it is */
function isUntold(there: RunDocument | undefined, asOf: string): boolean {
  return !there || (there.status === "scheduled" && (there.asOf ?? "") <= asOf);
}

/** What is superseded itself, by now or by an earlier try of this, takes no other's stead. */
function keysTaken(late: Following, own: Meanwhile["own"], anew: Anew): ReadonlySet<string> {
  return new Set(datedOf(late.runs).flatMap((run) => (isSuperseded(anew.get(run.id) ?? own.get(run.id) ?? run) ? [] : pendingKey(run))));
}

/** What the event said of the runs that it saw, but that another takes their stead which is superseded itself. */
function wordsKept(late: Following, { others }: Meanwhile, taken: ReadonlySet<string>): readonly Word[] {
  const staying = new Set(others.flatMap((other) => (taken.has(pendingKey(other)) ? [] : other.id)));
  return late.moves.filter(({ run, to }) => !(isSuperseded(to) && staying.has(run)));
}

/**
 * What the event says of runs that it did not see, and that are of older events.
 * @param decide null behind a newer event, by whose dates they are due
 */
function wordsOnOlder(
  late: Following,
  { others }: Meanwhile,
  taken: ReadonlySet<string>,
  decide: DecideAnew["asNewest"] | null,
): readonly Word[] {
  // A deletion ends them.
  if (late.event.type === "deleted") return [];
  const older = others.filter((other) => isOlder(other, late) && !late.moves.some(({ run }) => run === other.id));
  const over = older.filter((other) => taken.has(pendingKey(other)));
  const rest = decide ? older.filter((other) => !over.includes(other)) : [];
  const moves = decide && rest.length > 0 ? decide(rest).moves : [];
  // By another version of its rule the event would supersede it. It did not, and knows of no date for it.
  const wordless = new Set(moves.flatMap(({ run, to }) => (isSuperseded(to) ? run : [])));
  const at = late.event.storedAt;
  const ends = over.map(({ id, dueAt }): Move => ({ run: id, from: dueAt, to: { status: "skipped", reason: "superseded", at } }));
  return wordsOn([...over, ...rest.filter(({ id }) => !wordless.has(id))], [...ends, ...moves]);
}

/** What becomes of a run that is written already. */
function wordOn(there: RunDocument | undefined, { status, reason, dueAt, timing, createdAt: at }: ActionRun): readonly Word[] {
  if (!there) return [];
  const said = { run: there.id, from: there.dueAt, seen: there.asOf ?? "" };
  if (status === "scheduled")
    return [{ ...said, to: { status, reason: dueAt === null ? "dateEmpty" : null, dueAt, zone: timing?.zone ?? "" } }];
  if (status !== "skipped") return [];
  if (reason === "superseded") return [{ ...said, to: { status, reason, at } }];
  return reason === "missed" && dueAt !== null ? [{ ...said, to: { status, reason, dueAt, at } }] : [];
}

/** Has something newer written the record? A field update leaves no trace of when it came. */
function isBehind({ event, asOf }: Following, record: RecordDocument): boolean {
  return asOfRecord(record) > asOf || (!writesRecord(event) && record.body !== JSON.stringify(event.record));
}

function isOlder(other: RunDocument, late: Following): boolean {
  return (other.asOf ?? "") < late.asOf;
}

function superseded(run: ActionRun): ActionRun {
  return { ...run, status: "skipped", reason: "superseded", finishedAt: run.createdAt };
}

function isSuperseded({ status, reason }: { readonly status: string; readonly reason: string | null }): boolean {
  return status === "skipped" && reason === "superseded";
}
