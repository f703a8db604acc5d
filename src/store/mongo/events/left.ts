import type { RecordEvent } from "../../../model/event.ts";
import type { StoredRecord } from "../../../model/record.ts";
import type { ActionRun } from "../../../model/run.ts";
import type { DateKey } from "../../dates.ts";
import type { Word } from "../runs/moves.ts";
import { recordWriteOf, type Following } from "./following.ts";
import type { PlannedRun } from "./new-runs.ts";

/** A run as whoever finishes an event writes it: not claimed, and with the day whose quota its recorder may have asked for. */
type LeftRun = {
  /** Earlier versions wrote no timing. */
  readonly run: Omit<ActionRun, "timing"> & Partial<Pick<ActionRun, "timing">>;
  readonly askedDay: string | null;
};

/** What finishing a decided event takes beside the event; what is absent, there is none of. */
export type LeftOpen = {
  readonly runs: readonly LeftRun[];
  readonly ends: boolean;
  readonly asOf?: string;
  readonly moves?: readonly Word[];
  readonly dates?: readonly DateKey[];
  /** Rules that an earlier decision may have remembered for it and that do not fire. */
  readonly forget?: readonly string[];
};

/** What deciding a tentative event for good takes. */
export type LeftTentative = {
  readonly found: StoredRecord | null;
  readonly expectRevision: number | null;
  readonly firstTimeRules: readonly string[];
  readonly dates?: readonly DateKey[];
};

/** What is left of an event that nothing has followed from yet. */
export function leftOf({ runs, ends, asOf, moves, write }: Following): LeftOpen {
  return { runs: runs.map(leftRun), ends, asOf, ...(moves.length === 0 ? {} : { moves }), ...leftDates(write?.dates ?? null) };
}

/** A record's dates as what is left of an event holds them. */
export function leftDates(dates: readonly DateKey[] | null): { readonly dates?: readonly DateKey[] } {
  return dates === null ? {} : { dates };
}

/** What follows from an event by what is left of it. */
export function followingOfLeft(event: RecordEvent, place: string, left: LeftOpen): Following {
  const { runs, ends, asOf = "", moves = [], dates = null } = left;
  const write = recordWriteOf(event, { place, dates }, 0);
  return { event, place, asOf, runs: runs.map(plannedRun), moves, write, ends };
}

function leftRun({ run, quota, askedDay }: PlannedRun): LeftRun {
  return run.status === "running" ? { run: { ...run, status: "scheduled", token: 0 }, askedDay: quota?.day ?? null } : { run, askedDay };
}

function plannedRun({ run, askedDay }: LeftRun): PlannedRun {
  return { run: { timing: null, ...run }, askedDay, leaseUntil: null, quota: null };
}
