import type { Duration } from "../../../src/model/duration.ts";
import type { ExecutionTime } from "../../../src/model/rule.ts";
import type { Anchor } from "../../../src/time/anchor.ts";
import type { DateRhythm } from "../../../src/time/occurrences.ts";
import type { Offset } from "../../../src/time/offset.ts";
import { dueByOracle } from "../../time/oracle.ts";
import { wallByIntl } from "../../time/intl-oracle.ts";
import type { DateBody } from "./defined.ts";

// By the oracle of test/time, which shares nothing with src/time.

/** What a date says, or null where it says none. */
export function anchorOf(value: string | null): Anchor | null {
  if (value === null) return null;
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) ? { day: value } : null;
  const instant = Date.parse(value);
  return /T.*Z$/.test(value) && !Number.isNaN(instant) ? { instant } : null;
}

export function textOf(anchor: Anchor): string {
  return "day" in anchor ? anchor.day : new Date(anchor.instant).toISOString();
}

/** Two dates that come on the same days of a cycle are one and the same to it. */
export function sameInCycle(cycle: DateBody["cycle"], one: Anchor, other: Anchor, zone: string): boolean {
  const [a, b] = [one, other].map((anchor) => new Date("day" in anchor ? `${anchor.day}T00:00:00Z` : wallByIntl(anchor.instant, zone)));
  const from = { once: 0, monthly: "YYYY-MM-".length, yearly: "YYYY-".length }[cycle];
  return a?.toISOString().slice(from) === b?.toISOString().slice(from);
}

export function rhythmOf({ when, at, cycle }: Pick<DateBody, "when" | "at" | "cycle">): DateRhythm {
  return { offset: offsetOf(when, at ?? undefined), cycle };
}

function offsetOf(length: DateBody["when"], at: string | undefined): Offset {
  const wall = at === undefined ? {} : { at };
  return "after" in length
    ? { direction: "after", duration: length.after, ...wall }
    : { direction: "before", duration: length.before, ...wall };
}

export function dueOf(execute: ExecutionTime, anchor: Anchor | null, zone: string): number | null {
  return anchor === null ? null : dueByOracle(anchor, offsetOf(execute, execute.at), zone);
}

/** Is an exact length after an instant: no zone has a say in it. */
export function isExact(execute: ExecutionTime): boolean {
  const length = "after" in execute ? execute.after : execute.before;
  return execute.of === "trigger" && execute.at === undefined && ("minutes" in length || "hours" in length);
}

export function isOver(due: number, grace: Duration, zone: string, now: number): boolean {
  return dueByOracle({ instant: due }, { direction: "after", duration: grace }, zone) < now;
}
