import type Database from "better-sqlite3";
import type { ActionRun, Execution, RunStatus } from "../../model/run.ts";
import type { Page, PageRequest } from "../page.ts";
import type { RunFilter, RunLedger } from "../runs.ts";
import { fromCursor, toCursor } from "../cursor.ts";
import { SELECT_RUN, toPlanner, toRun, type RunRow } from "./run-row.ts";

type Value = string | number;
/** The condition of the index `runs_troubled`, in its words and order. */
const TROUBLED: readonly RunStatus[] = ["failed", "skipped", "cancelled", "retrying"];

/** The due time to sort by, as the index `runs_scheduled` has it: parked runs have none and come last. */
const DUE_OR_LAST = "coalesce(runs.due_at, 9007199254740991)";

type Where = { readonly sql: string[]; readonly values: Value[] };

/** The log: runs and executions by filter, a page at a time. The first run of an execution (n = 1) stands for it. */
export function createRunLists(
  db: Database.Database,
): Pick<RunLedger, "runs" | "runsOfEvent" | "pendingOfRule" | "execution" | "executions"> {
  const prepared = new Map<string, Database.Statement<Value[], RunRow>>();
  function all(sql: string, values: readonly Value[]): RunRow[] {
    let statement = prepared.get(sql);
    if (!statement) prepared.set(sql, (statement = db.prepare<Value[], RunRow>(sql)));
    return statement.all(...values);
  }

  const ofEvent = db.prepare<[string, string], RunRow>(`${SELECT_RUN} where events.organization = ? and events.id = ? order by runs.seq`);
  const ofExecution = db.prepare<[number, string], RunRow>(`${SELECT_RUN} where runs.event_seq = ? and runs.execution = ? order by runs.n`);
  const eventOf = db.prepare<[string, string], { event_seq: number }>(
    // An execution's id is that of its first run with another prefix, so the index on run ids finds it.
    "select event_seq from runs where organization = ? and id = ?",
  );

  const pendingOfRule = db.prepare<[string, string, number, number], { id: string }>(
    // The words of the index `runs_pending_of_rule`.
    `select id from runs where rule_id = ? and organization = ? and status in ('scheduled', 'retrying') and created_at <= ? order by seq limit ?`,
  );

  function page<T>(rows: readonly RunRow[], { limit }: PageRequest, keys: (row: RunRow) => Value[], to: (row: RunRow) => T): Page<T> {
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return { data: shown.map(to), nextCursor: rows.length > limit && last ? toCursor(keys(last)) : null };
  }

  function runs(filter: RunFilter, request: PageRequest): Page<ActionRun> {
    const upcoming = filter.status === "scheduled";
    const where = whereOf(filter, upcoming ? "due_at" : "created_at");
    // Spelled out, not bound: SQLite takes a partial index only where its condition stands in the statement.
    if (filter.status !== undefined) and(where, `runs.status = '${filter.status}'`);
    if (filter.status !== undefined && TROUBLED.includes(filter.status)) and(where, `runs.status in ('${TROUBLED.join("', '")}')`);
    if (filter.type !== undefined) and(where, "runs.action_type = ?", filter.type);
    if (request.cursor !== null) {
      if (upcoming) and(where, `(${DUE_OR_LAST}, runs.seq) > (?, ?)`, ...fromCursor(request.cursor, ["number", "number"]));
      else and(where, "runs.seq < ?", ...fromCursor(request.cursor, ["number"]));
    }
    const order = upcoming ? `${DUE_OR_LAST}, runs.seq` : "runs.seq desc";
    const rows = all(`${SELECT_RUN} where ${where.sql.join(" and ")} order by ${order} limit ?`, [...where.values, request.limit + 1]);
    return page(rows, request, (row) => (upcoming ? [row.due_at ?? Number.MAX_SAFE_INTEGER, row.seq] : [row.seq]), toRun);
  }

  function executions(filter: RunFilter, request: PageRequest): Page<Execution> {
    const where = whereOf(filter, "created_at");
    and(where, "runs.n = 1 and runs.execution <> ''");
    const such: Where = { sql: ["other.event_seq = runs.event_seq", "other.execution = runs.execution"], values: [] };
    if (filter.status !== undefined) and(such, "other.status = ?", filter.status);
    if (filter.type !== undefined) and(such, "other.action_type = ?", filter.type);
    if (such.values.length > 0) and(where, `exists (select 1 from runs other where ${such.sql.join(" and ")})`, ...such.values);
    if (request.cursor !== null) and(where, "runs.seq < ?", ...fromCursor(request.cursor, ["number"]));
    const rows = all(`${SELECT_RUN} where ${where.sql.join(" and ")} order by runs.seq desc limit ?`, [...where.values, request.limit + 1]);
    return page(
      rows,
      request,
      (row) => [row.seq],
      (row) => toExecution(row, ofExecution.all(row.event_seq, row.execution)),
    );
  }

  return {
    runs: async (filter, request) => runs(filter, request),
    executions: async (filter, request) => executions(filter, request),
    runsOfEvent: async (organization, event) => ofEvent.all(organization, event).map(toRun),
    pendingOfRule: async (organization, rule, upTo, limit) => pendingOfRule.all(rule, organization, upTo, limit).map(({ id }) => id),
    async execution(organization, id) {
      const first = eventOf.get(organization, id.replace(/^exe_/, "run_"));
      const rows = first ? ofExecution.all(first.event_seq, id) : [];
      return rows[0] ? toExecution(rows[0], rows) : null;
    },
  };
}

function and(where: Where, sql: string, ...values: readonly Value[]): void {
  where.sql.push(sql);
  where.values.push(...values);
}

function whereOf(filter: RunFilter, instant: "created_at" | "due_at"): Where {
  const where: Where = { sql: ["runs.organization = ?"], values: [filter.organization] };
  if (filter.module !== undefined) and(where, "runs.module = ?", filter.module);
  if (filter.rule !== undefined) and(where, "runs.rule_id = ?", filter.rule);
  if (filter.record !== undefined) and(where, "runs.record = ?", filter.record);
  if (filter.event !== undefined)
    and(where, "runs.event_seq = (select seq from events where organization = ? and id = ?)", filter.organization, filter.event);
  if (filter.from !== undefined) and(where, `runs.${instant} >= ?`, filter.from);
  if (filter.to !== undefined) and(where, `runs.${instant} < ?`, filter.to);
  return where;
}

function toExecution(first: RunRow, runs: readonly RunRow[]): Execution {
  return {
    id: first.execution,
    event: first.event,
    rule: { id: first.rule_id, name: first.rule_name, version: first.rule_version },
    by: toPlanner(first.planner),
    module: first.module,
    record: first.record,
    condition: first.condition,
    firedAt: first.created_at,
    runs: runs.map(toRun),
  };
}
