import { instantByIntl } from "../../time/intl-oracle.ts";
import { isExecution, lineOf, NOT_FIRED, tickId, type Log } from "./log.ts";
import { look } from "./look.ts";
import { conclude, copyOf, type State, type Waiting } from "./state.ts";

/** What may have happened before somebody did something else, where nobody can say which was first. */
export type Race = {
  readonly dueAt: number | null;
  readonly said: Set<string>;
  /** Where it is a date's: its key, and what waits from then on. */
  readonly came: string | null;
  /** Of a tick. */
  readonly wall: number | null;
  readonly waits: readonly Waiting[];
};
export type Races = Map<string, Race>;

/** Notes what would come if everybody looked at the clock now. */
export function note(state: State, races: Races, now: number): void {
  const then = copyOf(state);
  look(then, { from: now, to: now, seen: new Map(), rough: false });
  for (const [id, { said, dueAt }] of then.log) {
    if (state.log.has(id)) continue;
    const key = id.replace(/ #\d+$/, "");
    const came = !id.endsWith(" #2") && then.came.has(key) && !state.came.has(key) ? key : null;
    const waits = [...then.waiting.values()].filter((run) => run.id.startsWith(`${key} #`) && !state.waiting.has(run.id));
    const walls = [...then.ticked].filter((each) => !state.ticked.has(each));
    const wall = walls.find((each) => dueAt !== null && id === lineOf(tickId(instantByIntl(each, state.defined.zone)), 1)) ?? null;
    const race = races.get(id) ?? { dueAt, said: new Set(), came, wall, waits };
    race.said.add(said);
    races.set(id, race);
    // While its rule is being stopped, a date comes that fires it no more.
    if (came !== null) races.set(lineOf(key, 0), { dueAt, said: new Set([NOT_FIRED]), came, wall: null, waits: [] });
  }
}

/** What it may come to where somebody had begun with it before, and looked at the record, or went on at all, only after. */
const BEGUN_BEFORE: ReadonlySet<string> = new Set(["succeeded", "missed", "criteriaNotMet", "recordDeleted"]);

/** What the log says did happen first; `rough`: somebody was killed or stood still meanwhile. */
export function settle(state: State, races: Races, seen: Log, rough: boolean): void {
  for (const [id, race] of races) {
    const line = seen.get(id);
    if (!line || line.dueAt !== race.dueAt) continue;
    if (!race.said.has(line.said) && !BEGUN_BEFORE.has(line.said) && !(rough && line.said === "failed")) continue;
    if (race.came !== null) {
      if (state.came.has(race.came)) continue;
      state.came.add(race.came);
    }
    if (race.wall !== null && !state.ticked.has(race.wall)) {
      state.ticked.add(race.wall);
      if (isExecution(line)) state.executions += 1;
    }
    conclude(state, { id, due: race.dueAt }, line.said);
    const late = state.gaveWay.get(id);
    // It had nothing to give way to any more.
    if (late && seen.get(late.id)?.said !== "superseded") state.waiting.set(late.id, late);
    for (const run of race.waits)
      if (seen.get(run.id)?.said === "missed") conclude(state, run, "missed");
      else if (seen.get(run.id)?.said === "cancelled" && state.calledOff.has(run.rule)) conclude(state, run, "cancelled");
      else if (state.records.get(run.record)?.deleted) conclude(state, run, "recordDeleted");
      else state.waiting.set(run.id, run);
  }
  races.clear();
  state.gaveWay.clear();
  state.calledOff.clear();
}
