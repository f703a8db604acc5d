import type Database from "better-sqlite3";
import type { JobsOverview, JobsQueryOptions, JobsResult, JobsSort, JobState } from "agenda";
import { all, among, matching, type Condition } from "./conditions.ts";
import { toJob, type JobRow } from "./job-row.ts";

/** What Agenda shows of its jobs, counted and filtered by SQLite rather than read as a whole. */
export type Querying = {
  find(options?: JobsQueryOptions): JobsResult;
  overview(): JobsOverview[];
};

/** As Agenda computes it (`computeJobState`). */
const STATE = `case
    when locked_at is not null then 'running'
    when failed_at is not null and (last_finished_at is null or failed_at >= last_finished_at) then 'failed'
    when json_extract(settings, '$.repeatInterval') is not null then 'repeating'
    when next_run_at > @now then 'scheduled'
    when next_run_at is not null then 'queued'
    else 'completed' end`;
const STATES = ["running", "scheduled", "queued", "completed", "failed", "repeating"] as const satisfies readonly JobState[];

const SORTABLE: Readonly<Record<keyof JobsSort, string>> = {
  nextRunAt: "next_run_at",
  lastRunAt: "last_run_at",
  lastFinishedAt: "last_finished_at",
  priority: "priority",
  name: "name",
  data: "data",
};

export function createQuerying(db: Database.Database): Querying {
  const overview = db.prepare<[{ now: number }], JobsOverview>(
    `select name, count(*) as total, ${STATES.map((state) => `sum(state = '${state}') as ${state}`).join(", ")}, sum(disabled) as paused
     from (select name, disabled, ${STATE} as state from agenda_jobs) group by name`,
  );

  function find(options: JobsQueryOptions = {}): JobsResult {
    const { sql, values } = all(filters(options));
    const from = `from (select *, ${STATE} as state from agenda_jobs) where ${sql}`;
    const now = { now: Date.now() };
    const counted = db.prepare<unknown[], { total: number }>(`select count(*) as total ${from}`).get(...values, now);
    const rows = db
      .prepare<unknown[], JobRow & { state: JobState }>(`select * ${from} order by ${order(options.sort)} limit ? offset ?`)
      .all(...values, options.limit || -1, options.skip ?? 0, now);
    return { jobs: rows.map((row) => ({ ...toJob(row), state: row.state })), total: counted?.total ?? 0 };
  }

  return { find, overview: () => overview.all({ now: Date.now() }) };
}

function filters({ name, names, id, ids, search, data, state, includeDisabled = true }: JobsQueryOptions): readonly Condition[] {
  const conditions: Condition[] = [...matching(data)];
  if (id !== undefined) conditions.push({ sql: "id = ?", values: [id] });
  else if (ids) conditions.push(among("id", ids));
  if (search) conditions.push({ sql: "instr(lower(name), lower(?)) > 0", values: [search] });
  else if (name) conditions.push({ sql: "name = ?", values: [name] });
  else if (names) conditions.push(among("name", names));
  if (!includeDisabled) conditions.push({ sql: "disabled = 0", values: [] });
  if (state === "paused") conditions.push({ sql: "disabled = 1", values: [] });
  else if (state) conditions.push({ sql: "state = ?", values: [state] });
  return conditions;
}

function order(sort: JobsSort = {}): string {
  const asked = Object.entries(sort).flatMap(([field, direction]) => {
    const column = SORTABLE[field as keyof JobsSort];
    return column === undefined ? [] : [`${column} ${direction === "asc" ? "asc" : "desc"}`];
  });
  return asked.length > 0 ? asked.join(", ") : "next_run_at desc, last_run_at desc";
}
