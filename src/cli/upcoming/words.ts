import type { Calendar, Upcoming } from "../../engine/upcoming/upcoming.ts";
import { actionInWords } from "../action-words.ts";
import type { Paint } from "../paint.ts";
import { printableText } from "../printable.ts";

/** What a calendar is told with. */
export type Surroundings = {
  readonly days: number;
  /** ms. */
  readonly now: number;
  /** The organization's. */
  readonly zone: string;
  /** `invoice 90300`; empty where it is of no record. */
  titleOf(item: Upcoming): string;
  /** Where these days have nothing: what comes first within a year. */
  readonly next: Upcoming | null;
  /** The folder whose rules stand alone, without a store. */
  readonly folder: string | null;
};

const DAY_MS = 86_400_000;

/** What will run, a paragraph a day, in the organization's zone. */
export function calendarInWords(calendar: Calendar, surroundings: Surroundings, paint: Paint): string {
  const { data } = calendar;
  const { zone, folder } = surroundings;
  const heading = paint.heading(`What runs in the next ${lengthOf(surroundings)}, in ${zone}:`);
  return [
    ...(data.length === 0 ? emptyInWords(calendar, surroundings) : [heading, ...paragraphs(data, surroundings, paint), ""]),
    ...notes(calendar, surroundings),
    ...(folder === null ? [] : [`The rules in ${folder} alone have no records: only schedules come.`]),
    "",
  ].join("\n");
}

function lengthOf({ days }: Surroundings): string {
  return days === 1 ? "24 hours" : `${days} days`;
}

function emptyInWords({ cutAt }: Calendar, surroundings: Surroundings): readonly string[] {
  const { now, zone, next } = surroundings;
  if (cutAt !== null) return [`Nothing is found for the next ${lengthOf(surroundings)}.`];
  const nothing = `Nothing runs in the next ${lengthOf(surroundings)}.`;
  if (next === null)
    return [
      nothing,
      "A rule with timeBasedActions that fires would change that, a record whose date a date rule waits for, or a schedule that is active.",
    ];
  const first = `on ${momentInWords(next.dueAt, zone)} in ${zone} (${actionInWords(next.action)}, ${plannerInWords(next)})`;
  return [`${nothing} What comes first is ${first}: --days ${Math.ceil((Date.parse(next.dueAt) - now + 1) / DAY_MS)} shows it.`];
}

function paragraphs(data: readonly Upcoming[], surroundings: Surroundings, paint: Paint): readonly string[] {
  const { zone, now, titleOf } = surroundings;
  const rows = data.map((item) => ({
    item,
    day: dayInWords(item.dueAt, zone),
    action: actionInWords(item.action),
    title: titleOf(item),
  }));
  const width = (texts: readonly string[]): number => Math.min(40, Math.max(...texts.map(({ length }) => length)));
  const actions = width(rows.map(({ action }) => action));
  const titles = width(rows.map(({ title }) => title));
  return rows.flatMap(({ item, day, action, title }, index) => [
    ...(day === rows[index - 1]?.day ? [] : ["", paint.heading(day)]),
    `  ${timeIn(item.dueAt, zone)}  ${action.padEnd(actions)}  ${title.padEnd(titles)}  ${plannerInWords(item)}${remark(item, now)}`,
  ]);
}

function remark({ dueAt, run, rule }: Upcoming, now: number): string {
  if (Date.parse(dueAt) <= now) return "  (due already)";
  return run === null && rule !== null ? "  *" : "";
}

function notes({ data, cutAt }: Calendar, { zone }: Surroundings): readonly string[] {
  const isConditional = data.some(({ run, rule }) => run === null && rule !== null);
  return [
    ...(isConditional ? ["* if its record stays as it is until then"] : []),
    ...(cutAt === null
      ? []
      : [
          `From ${momentInWords(cutAt, zone)} on there may be more than is shown; GET /v1/action-runs?status=scheduled has what is planned page by page.`,
        ]),
  ];
}

/** `rule "overdue" v3`. */
function plannerInWords({ rule, schedule }: Upcoming): string {
  return rule ? `rule "${printableText(rule.name)}" v${rule.version}` : `schedule "${printableText(schedule?.name ?? "")}"`;
}

function momentInWords(iso: string, zone: string): string {
  return `${dayInWords(iso, zone)} ${timeIn(iso, zone)}`;
}

/** `Fri 2026-11-27`. */
function dayInWords(iso: string, zone: string): string {
  const at = new Date(iso);
  // Swedish writes dates as ISO 8601 does.
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(at);
  return `${new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short" }).format(at)} ${day}`;
}

function timeIn(iso: string, zone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, timeStyle: "short" }).format(new Date(iso));
}
