import { isDeepStrictEqual } from "node:util";
import { expect, it } from "vitest";
import { keysDue, dateKey } from "../../src/time/date-keys.ts";
import { nextInstant } from "../../src/time/next-instant.ts";
import { nextOccurrence, occurrence, occurrencesBetween } from "../../src/time/occurrences.ts";
import { addDuration, dueAt, type Offset } from "../../src/time/offset.ts";
import { tickAfter, ticksBetween } from "../../src/time/recurrence.ts";
import { dayNumberOf, dayText, instantOf, startOfDay, wallOf } from "../../src/time/zone.ts";
import { seededRandom } from "../support/random.ts";
import { firstInstantByIntl, instantByIntl, wallByIntl } from "./intl-oracle.ts";
import { dueByOracle, occurrenceByOracle, occurrencesByOracle, ticksByOracle } from "./oracle.ts";
import { RandomCases } from "./random-cases.ts";

// How many cases, and the seed that repeats them: CASES=2000000 SEED=7 npx vitest run test/time/oracle.test.ts
const CASES = Number(process.env["CASES"] ?? 200_000);
const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

const DAY_MS = 86_400_000;
/** Cases drawn around one clock change: finding it costs more than a case. */
const AROUND = 200;

/** One question to both, in words that say it again. */
type Case = { readonly asked: unknown; readonly answer: unknown; readonly expected: unknown };
type Draw = (cases: RandomCases, instant: number, zone: string) => Case;

/** The end of a window: one of what is found after its begin, just before it, or a day from there. */
function endFor(cases: RandomCases, after: number, found: readonly number[]): number {
  return found.length === 0 ? after + DAY_MS : cases.one(found) - cases.one([0, 0, 1]);
}

const DRAWS: Readonly<Record<string, Draw>> = {
  wallOf(cases, focus, zone) {
    const instant = cases.near(focus);
    const wall = wallByIntl(instant, zone);
    return {
      asked: [instant, zone],
      answer: [wallOf(instant, zone), dayNumberOf(instant, zone)],
      expected: [wall, Math.floor(wall / DAY_MS)],
    };
  },
  instantOf(cases, focus, zone) {
    const wall = wallByIntl(cases.near(focus), zone) + cases.whole(-120, 120) * 60_000;
    return { asked: [wall, zone], answer: instantOf(wall, zone), expected: instantByIntl(wall, zone) };
  },
  startOfDay(cases, focus, zone) {
    const day = Math.floor(wallByIntl(focus, zone) / DAY_MS) + cases.whole(-1, 1);
    return { asked: [day, zone], answer: startOfDay(dayText(day), zone), expected: firstInstantByIntl(day, zone) };
  },
  dueAt(cases, focus, zone) {
    const offset = cases.offset(focus, zone);
    const anchor = cases.anchor(focus, zone, { offset, cycle: "once" }, 0);
    return { asked: [anchor, offset, zone], answer: dueAt(anchor, offset, zone), expected: dueByOracle(anchor, offset, zone) };
  },
  addDuration(cases, focus, zone) {
    const duration = cases.duration();
    const instant = cases.near(focus);
    const expected = dueByOracle({ instant }, { direction: "after", duration }, zone);
    return { asked: [instant, duration, zone], answer: addDuration(instant, duration, zone), expected };
  },
  occurrence(cases, focus, zone) {
    const rhythm = { ...cases.rhythm(focus, zone), cycle: cases.one(["monthly", "yearly"] as const) };
    const k = cases.whole(0, 30);
    const anchor = cases.anchor(focus, zone, rhythm, k);
    return {
      asked: [anchor, k, rhythm, zone],
      answer: occurrence(anchor, k, rhythm, zone),
      expected: occurrenceByOracle(anchor, k, rhythm, zone),
    };
  },
  occurrencesBetween(cases, focus, zone) {
    const rhythm = cases.rhythm(focus, zone);
    const anchor = cases.anchor(focus, zone, rhythm, cases.whole(0, cases.one([2, 500])));
    const after = cases.near(focus);
    const all = occurrencesByOracle(anchor, rhythm, zone, after, after + cases.one([1, 40, 400]) * DAY_MS);
    const upTo = endFor(
      cases,
      after,
      all.map(({ at }) => at),
    );
    const most = cases.whole(0, 4);
    return {
      asked: [anchor, rhythm, zone, after, upTo, most],
      answer: occurrencesBetween(anchor, rhythm, zone, after, upTo, most),
      expected: all.filter(({ at }) => at <= upTo).slice(0, most),
    };
  },
  nextOccurrence(cases, focus, zone) {
    const rhythm = cases.rhythm(focus, zone);
    const k = cases.whole(0, 20);
    const anchor = cases.anchor(focus, zone, rhythm, k);
    const at = occurrenceByOracle(anchor, rhythm.cycle === "once" ? 0 : k, rhythm, zone);
    const after = at - cases.whole(-1, 1);
    const [expected = null] = occurrencesByOracle(anchor, rhythm, zone, after, after + 370 * DAY_MS);
    return { asked: [anchor, rhythm, zone, after], answer: nextOccurrence(anchor, rhythm, zone, after), expected };
  },
  keysDue(cases, focus, zone) {
    const rhythm = cases.rhythm(focus, zone);
    const k = rhythm.cycle === "once" ? 0 : cases.whole(0, 20);
    const anchor = cases.anchor(focus, zone, rhythm, k);
    const length = cases.one([1, 1000, 60_000, DAY_MS, 32 * DAY_MS]);
    const after = occurrenceByOracle(anchor, k, rhythm, zone) - cases.whole(1, length);
    const upTo = after + length;
    const key = dateKey(anchor, rhythm.cycle, zone);
    const isFound = keysDue(rhythm, zone, after, upTo).some(({ from, to }) => from <= key && key <= to);
    return { asked: [anchor, rhythm, zone, after, upTo], answer: isFound, expected: true };
  },
  nextInstant(cases, focus, zone) {
    const offset = cases.offset(focus, zone);
    const after = cases.near(focus);
    const isDay = cases.chance(0.8);
    const answer = nextInstant({ offset, cycle: "once" }, zone, isDay, after);
    const asked = [offset, zone, isDay, after];
    if (offset.at === undefined && !isDay) return { asked, answer, expected: null };
    const isExact = offset.at === undefined && ("minutes" in offset.duration || "hours" in offset.duration);
    const counted: Offset = isExact ? offset : { ...offset, duration: { days: 0 } };
    // Taking the offset twice leads as far the other way.
    const base = isExact ? 2 * after - dueByOracle({ instant: after }, offset, zone) : after;
    const days = Array.from({ length: 7 }, (_, index) => Math.floor(wallByIntl(base, zone) / DAY_MS) + index - 3);
    const instants = days.map((day) => dueByOracle({ day: dayText(day) }, counted, zone));
    return { asked, answer, expected: Math.min(...instants.filter((instant) => instant > after)) };
  },
  ticks(cases, focus, zone) {
    const timetable = cases.timetable(focus, zone);
    const after = cases.near(focus) + cases.whole(-2, 2) * DAY_MS;
    const found = ticksByOracle(timetable, zone, after, after + cases.one([1, 60, 60, 60, 60, 1500]) * DAY_MS);
    const upTo = endFor(cases, after, found);
    const all = found.filter((tick) => tick <= upTo);
    const most = cases.whole(0, 4);
    const next = tickAfter(timetable, zone, after);
    return {
      asked: [timetable, zone, after, upTo, most],
      answer: [ticksBetween(timetable, zone, after, upTo, most), next !== null && next > upTo ? null : next],
      expected: [all.slice(0, most), all[0] ?? null],
    };
  },
};

it(`agrees with Intl and whole numbers on ${CASES} cases`, { timeout: 60_000 + CASES }, () => {
  console.log(`seed ${SEED} (SEED=${SEED} CASES=${CASES} repeats the cases)`);
  const cases = new RandomCases(seededRandom(SEED));
  const names = Object.keys(DRAWS);
  const zones = new Set<string>();
  const differences: unknown[] = [];
  for (let count = 0; count < CASES;) {
    const { zone, instant } = cases.focus();
    zones.add(zone);
    for (let around = 0; around < AROUND && count < CASES; around++, count++) {
      const name = cases.one(names);
      const { asked, answer, expected } = DRAWS[name]!(cases, instant, zone);
      if (!isDeepStrictEqual(answer, expected)) differences.push({ name, asked, answer, expected });
    }
  }
  console.log(`${CASES} cases in ${zones.size} zones: ${differences.length} differences`);
  expect(differences.slice(0, 10).map((each) => JSON.stringify(each))).toEqual([]);
});
