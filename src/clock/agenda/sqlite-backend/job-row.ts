import type { JobId, JobParameters } from "agenda";

/** A row of `agenda_jobs`. Instants are ms. */
export type JobRow = {
  readonly id: number;
  readonly name: string;
  readonly type: "normal" | "single";
  readonly priority: number;
  /** JSON; null where a job has none. */
  readonly data: string | null;
  readonly next_run_at: number | null;
  readonly locked_at: number | null;
  readonly last_run_at: number | null;
  readonly last_finished_at: number | null;
  readonly failed_at: number | null;
  readonly fail_count: number | null;
  readonly fail_reason: string | null;
  readonly progress: number | null;
  readonly disabled: number;
  readonly last_modified_by: string | null;
  /** JSON of what no query looks for, but whether a job repeats. */
  readonly settings: string;
};

/** What whoever plans a job says of it. */
export type PlannedRow = Pick<JobRow, "name" | "type" | "priority" | "data" | "next_run_at" | "disabled" | "settings" | "last_modified_by">;

/** What becomes of a job, which only whoever runs it says. */
export type StateRow = Pick<
  JobRow,
  "locked_at" | "last_run_at" | "last_finished_at" | "failed_at" | "fail_count" | "fail_reason" | "progress"
>;

type Settings = Pick<JobParameters, "repeatInterval" | "repeatTimezone" | "repeatAt" | "fork" | "skipDays"> & {
  readonly startDate?: number;
  readonly endDate?: number;
  readonly debounceStartedAt?: number;
};

export function plannedRow(job: JobParameters, by: string | undefined): PlannedRow {
  const { repeatInterval, repeatTimezone, repeatAt, fork, skipDays, startDate, endDate, debounceStartedAt } = job;
  return {
    name: job.name,
    type: job.type,
    priority: job.priority,
    data: JSON.stringify(job.data) ?? null,
    next_run_at: ms(job.nextRunAt),
    disabled: job.disabled ? 1 : 0,
    settings: JSON.stringify({
      repeatInterval,
      repeatTimezone,
      repeatAt,
      fork,
      skipDays,
      startDate: ms(startDate) ?? undefined,
      endDate: ms(endDate) ?? undefined,
      debounceStartedAt: ms(debounceStartedAt) ?? undefined,
    }),
    last_modified_by: by ?? null,
  };
}

export function stateRow(job: JobParameters): StateRow {
  return {
    locked_at: ms(job.lockedAt),
    last_run_at: ms(job.lastRunAt),
    last_finished_at: ms(job.lastFinishedAt),
    failed_at: ms(job.failedAt),
    fail_count: job.failCount ?? null,
    fail_reason: job.failReason ?? null,
    progress: job.progress ?? null,
  };
}

export function toJob(row: JobRow): JobParameters & { _id: JobId } {
  const settings = settingsOf(row);
  return {
    // The database's number stands for the brand that Agenda gives its ids.
    _id: String(row.id) as JobId,
    name: row.name,
    type: row.type,
    priority: row.priority,
    data: row.data === null ? undefined : (JSON.parse(row.data) as unknown),
    nextRunAt: date(row.next_run_at) ?? null,
    ...present({
      ...settings,
      lockedAt: date(row.locked_at),
      lastRunAt: date(row.last_run_at),
      lastFinishedAt: date(row.last_finished_at),
      failedAt: date(row.failed_at),
      failCount: row.fail_count,
      failReason: row.fail_reason,
      progress: row.progress,
      disabled: row.disabled === 1 ? true : null,
      lastModifiedBy: row.last_modified_by,
      startDate: date(settings.startDate),
      endDate: date(settings.endDate),
      debounceStartedAt: date(settings.debounceStartedAt),
    }),
  };
}

export function settingsOf({ settings }: Pick<JobRow, "settings">): Settings {
  // Written by `plannedRow`.
  return JSON.parse(settings) as Settings;
}

/** Agenda's optional fields are absent where there is nothing in them. */
function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}

function ms(instant: Date | string | number | null | undefined): number | null {
  return instant === null || instant === undefined ? null : new Date(instant).getTime();
}

function date(instant: number | null | undefined): Date | null {
  return instant === null || instant === undefined ? null : new Date(instant);
}
