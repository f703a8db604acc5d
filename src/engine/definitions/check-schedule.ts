import type { Issue } from "../../model/errors.ts";
import type { Schedule } from "../../model/schedule.ts";
import { unknownName } from "../../model/unknown-name.ts";
import { checkTimetable } from "./check-timetable.ts";

/** What is wrong with a schedule beyond its schema. @param today the organization's day */
export function checkSchedule(schedule: Schedule, functions: readonly string[], today: string): readonly Issue[] {
  const { function: name } = schedule;
  return [
    ...(functions.includes(name) ? [] : [unknownName("function", "CustomFunction", name, functions)]),
    ...checkTimetable(schedule, today),
  ];
}
