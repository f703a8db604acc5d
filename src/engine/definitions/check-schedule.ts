import { Temporal } from "temporal-polyfill";
import type { Issue } from "../../model/errors.ts";
import type { Schedule } from "../../model/schedule.ts";
import { unknownName } from "../../model/unknown-name.ts";

/** What is wrong with a schedule beyond its schema. @param today the organization's day */
export function checkSchedule({ function: name, startsAt }: Schedule, functions: readonly string[], today: string): readonly Issue[] {
  return [
    ...(functions.includes(name) ? [] : [unknownName("function", "CustomFunction", name, functions)]),
    ...checkStart(startsAt, today),
  ];
}

/** Seed: a schedule starts at most one year after it is made. */
function checkStart(startsAt: string, today: string): readonly Issue[] {
  const message = (expected: string) => [{ path: "startsAt", message: `expected ${expected}, got "${startsAt}"` }];
  const [date = ""] = startsAt.split("T");
  if (!isDate(date)) return message("a day that the calendar has");
  const latest = Temporal.PlainDate.from(today).add({ years: 1 });
  return Temporal.PlainDate.compare(date, latest) > 0 ? message(`a start within a year from now (until ${latest.toString()})`) : [];
}

function isDate(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text, { overflow: "reject" }).toString() === text;
  } catch {
    return false;
  }
}
