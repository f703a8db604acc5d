import fc from "fast-check";
import { expect, it } from "vitest";
import type { Anchor } from "../../src/time/anchor.ts";
import { dateKey, daysDue, keysDue } from "../../src/time/date-keys.ts";
import { nextInstant } from "../../src/time/next-instant.ts";
import { dueAt } from "../../src/time/offset.ts";
import { occurrencesBetween, type DateRhythm } from "../../src/time/occurrences.ts";
import { dayOf, instantOf } from "../../src/time/zone.ts";
import { seededRandom } from "../support/random.ts";
import { RandomCases } from "./random-cases.ts";

const DAY_MS = 86_400_000;
const WINDOWS = [1, 1000, 60_000, DAY_MS, 7 * DAY_MS, 32 * DAY_MS];

const randomCases = fc.integer().map((seed) => new RandomCases(seededRandom(seed)));

it("whoever has an occurrence is found by its key, by its day and by the next instant, also around clock changes", () => {
  let found = 0;
  fc.assert(
    fc.property(randomCases, fc.constantFrom(...WINDOWS), (cases, length) => {
      const { zone, instant } = cases.focus();
      const rhythm = cases.rhythm(instant, zone);
      const near = cases.near(instant);
      const [some] = occurrencesBetween(cases.anchor(instant, zone, rhythm, 3), rhythm, zone, near - 3 * DAY_MS, near + 3 * DAY_MS, 1);
      const after = (some?.at ?? near) - cases.whole(1, length);
      const keys = keysDue(rhythm, zone, after, after + length);
      for (const [index, { from, to }] of keys.entries()) {
        expect(from).toBeLessThanOrEqual(to);
        expect(from).toBeGreaterThan(keys[index - 1]?.to ?? -Infinity);
      }
      const days = daysDue(rhythm, zone, after, after + length);
      for (let tried = 0; tried < 20; tried++) {
        const anchor = cases.anchor(instant, zone, rhythm, cases.whole(0, 20));
        for (const { k, at } of occurrencesBetween(anchor, rhythm, zone, after, after + length, 100)) {
          found += 1;
          const key = dateKey(anchor, rhythm.cycle, zone);
          expect(keys.some(({ from, to }) => from <= key && key <= to)).toBe(true);
          const coming = comingOn(anchor, k, rhythm, zone);
          expect(coming >= days.from && coming < days.to).toBe(true);
          expect(nextInstant(rhythm, zone, "day" in anchor, after) ?? at).toBeLessThanOrEqual(at);
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(found).toBeGreaterThan(300);
});

/** The day that the k-th offset counts from, in the zone. */
function comingOn(anchor: Anchor, k: number, { cycle }: DateRhythm, zone: string): string {
  const day = "day" in anchor ? anchor.day : dayOf(anchor.instant, zone);
  const months = cycle === "once" ? 0 : cycle === "monthly" ? k : 12 * k;
  const date = new Date(`${day.slice(0, 8)}01`);
  date.setUTCMonth(date.getUTCMonth() + months + 1, 0);
  date.setUTCDate(Math.min(date.getUTCDate(), Number(day.slice(8))));
  return date.toISOString().slice(0, 10);
}

it("where no clock changes, whoever is found has an occurrence", () => {
  fc.assert(
    fc.property(randomCases, fc.constantFrom("UTC", "Etc/GMT+11", "Etc/GMT-14"), fc.constantFrom(...WINDOWS), (cases, zone, length) => {
      const after = cases.whole(Date.UTC(2020, 0), Date.UTC(2030, 0));
      const rhythm = cases.rhythm(after, zone);
      const keys = keysDue(rhythm, zone, after, after + length);
      const isDue = (key: number): boolean =>
        occurrencesBetween({ instant: anchored(key, rhythm, zone) }, rhythm, zone, after, after + length, 1).length === 1;
      for (const { from, to } of keys) expect([from, to, Math.floor((from + to) / 2)].filter((key) => !isDue(key))).toEqual([]);
      // Of one that is not repeated there is no second key, and so what lies beside a range is not due.
      const beside = rhythm.cycle === "once" ? keys.flatMap(({ from, to }) => [from - 1, to + 1]) : [];
      expect(beside.filter(isDue)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

/** The instant of a key, where it is repeated in a leap year before all windows and in a month of 31 days. */
function anchored(key: number, { cycle }: DateRhythm, zone: string): number {
  const day = Math.floor(key / DAY_MS);
  if (cycle === "once") return instantOf(key, zone);
  const date = cycle === "monthly" ? Date.UTC(1904, 0, day) : Date.UTC(1904, Math.floor(day / 32) - 1, day % 32);
  return instantOf(date + (key - day * DAY_MS), zone);
}

it("around clock changes whoever is found is at most a day beside the window", () => {
  fc.assert(
    fc.property(randomCases, fc.constantFrom(...WINDOWS), (cases, length) => {
      const { zone, instant } = cases.focus();
      const { offset } = cases.rhythm(instant, zone);
      const after = cases.near(instant);
      for (const { from, to } of keysDue({ offset, cycle: "once" }, zone, after, after + length)) {
        for (const key of [from, to]) {
          const due = dueAt({ instant: instantOf(key, zone) }, offset, zone) ?? NaN;
          expect(due).toBeGreaterThan(after - DAY_MS);
          expect(due).toBeLessThanOrEqual(after + length + DAY_MS);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

it("a date without `at` is looked for in as many ms as the window has", () => {
  fc.assert(
    fc.property(randomCases, fc.constantFrom(...WINDOWS), (cases, length) => {
      const after = cases.whole(Date.UTC(2020, 0), Date.UTC(2030, 0));
      const { direction, duration } = cases.offset(after, "UTC");
      fc.pre(!("months" in duration));
      const keys = keysDue({ offset: { direction, duration }, cycle: "once" }, "Etc/GMT-14", after, after + length);
      expect(keys.map(({ from, to }) => to - from + 1)).toEqual([length]);
    }),
  );
});
