import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { DateTrigger, ExecutionTime } from "../../src/model/rule.ts";
import { Schedule } from "../../src/model/schedule.ts";
import type { Anchor } from "../../src/time/anchor.ts";
import { occurrencesBetween, rhythmOf } from "../../src/time/occurrences.ts";
import { dueAt, offsetOf } from "../../src/time/offset.ts";
import { ticksBetween } from "../../src/time/recurrence.ts";
import { dayOf, instantOf, wallOf } from "../../src/time/zone.ts";
import { testEngine } from "../support/engine.ts";

// Every figure of docs/time.md, computed anew.

const ZONE = "Europe/Berlin";
const PAGE = readFileSync("docs/time.md", "utf8");

/** The rows of the tables that have these columns, cell by cell. */
function rows(...columns: readonly string[]): readonly (readonly string[])[] {
  const lines = PAGE.split("\n");
  const cells = (line: string): readonly string[] =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim());
  return lines.flatMap((line, index) => {
    if (line !== `| ${columns.join(" | ")} |`) return [];
    const rest = lines.slice(index + 2);
    return rest
      .slice(
        0,
        rest.findIndex((each) => !each.startsWith("|")),
      )
      .map(cells);
  });
}

const code = (cell = ""): string => cell.replaceAll("`", "");
const yamlOf = (cell = ""): object => parse(`{ ${code(cell)} }`);
const utc = (ms: number | null): string => (ms === null ? "never" : new Date(ms).toISOString().slice(0, 16).concat("Z"));
const wall = (ms: number): string => new Date(wallOf(ms, ZONE)).toISOString().slice(0, 16).replace("T", " ");
const weekday = (ms: number): string => new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, weekday: "short" }).format(ms);

/** `2026-12-31` is a day, `2026-12-31 15:30` an instant by its wall time. */
function anchorOf(text = ""): Anchor {
  return text.length === 10 ? { day: text } : { instant: instantOf(Date.parse(`${text.replace(" ", "T")}Z`), ZONE) };
}

describe("docs/time.md", () => {
  it("offsets", () => {
    const table = rows("counts from", "offset", "is due in Berlin", "in UTC");
    expect(table.length).toBeGreaterThan(15);
    for (const [from, offset, inBerlin, inUtc] of table) {
      const execute = ExecutionTime.parse({ of: "due_date", ...yamlOf(offset) });
      const due = dueAt(anchorOf(from), offsetOf(execute, execute.at), ZONE) ?? NaN;
      expect([from, offset, wall(due), utc(due)]).toEqual([from, offset, inBerlin, inUtc]);
    }
  });

  it("dates of date rules", () => {
    const table = rows("date", "trigger", "comes");
    expect(table.length).toBeGreaterThan(3);
    for (const [date, trigger, comes = ""] of table) {
      const parsed = DateTrigger.parse({ type: "date", field: "due_date", ...yamlOf(trigger) });
      const many = comes.split(", ").length;
      const from = Date.parse("2026-11-20T00:00:00Z");
      const found = occurrencesBetween(anchorOf(date), rhythmOf(parsed), ZONE, from, Infinity, many);
      expect([date, trigger, found.map(({ at }) => utc(at)).join(", ")]).toEqual([date, trigger, comes]);
    }
  });

  it("times of schedules", () => {
    const table = rows("recurrence", "runs on");
    expect(table.length).toBeGreaterThan(10);
    for (const [recurrence, days = ""] of table) {
      const schedule = Schedule.parse({ name: "s", function: "f", startsAt: "2026-11-21T18:00", recurrence: yamlOf(recurrence) });
      const ticks = ticksBetween(schedule, ZONE, Date.parse("2026-11-20T09:00:00Z"), Infinity, days.split(", ").length);
      expect([recurrence, ticks.map((at) => `${weekday(at)} ${dayOf(at, ZONE)}`).join(", ")]).toEqual([recurrence, days]);
      expect(ticks.every((at) => wall(at).endsWith(" 18:00"))).toBe(true);
    }
  });

  it("what becomes of what was due while every process was down", async () => {
    const table = rows("what", "`catchUp`", "until 18:01:30", "for eight hours", "for forty days");
    const rules = [
      LATER,
      date("catchUp: once"),
      date("catchUp: skip"),
      date("cycle: monthly"),
      date("cycle: monthly", "days: 90"),
      date("cycle: monthly, catchUp: all", "days: 90"),
      schedule("once"),
      schedule("all"),
      schedule("skip"),
      schedule("all", "days: 30"),
    ];
    expect(table).toHaveLength(rules.length);
    for (const [index, rule] of rules.entries()) {
      const [, , ...told] = table[index] ?? [];
      const became: string[] = [];
      for (const up of ["2026-11-21T17:01:30Z", "2026-11-22T00:59:30Z", "2026-12-31T16:59:30Z"]) became.push(await downUntil(up, rule));
      expect([rule, became]).toEqual([rule, told]);
    }
  });
});

const DEFINED = `
kind: Organization
timeZone: ${ZONE}
---
kind: CustomFunction
name: act
module: invoices
language: host
---
`;
const ACT = "actions: [{ type: customFunction, name: act }]";
const LATER = `${DEFINED}kind: WorkflowRule
name: r
module: invoices
trigger: { type: event, on: [created] }
conditions: [{ timeBasedActions: [{ execute: { after: { days: 1 }, at: "18:00" }, ${ACT} }] }]
`;
const date = (more: string, grace = "hours: 24"): string => `${DEFINED}kind: WorkflowRule
name: r
module: invoices
grace: { ${grace} }
trigger: { type: date, field: due_date, when: { after: { days: 0 } }, at: "18:00", ${more} }
conditions: [{ immediateActions: [{ type: customFunction, name: act }] }]
`;
const schedule = (catchUp: string, grace = "hours: 24"): string => `${DEFINED}kind: Schedule
name: s
function: act
recurrence: { frequency: daily }
startsAt: "2026-11-21T18:00"
catchUp: ${catchUp}
grace: { ${grace} }
`;

/** What the log says of what was due from 18:00 in Berlin on 21 November on, where nobody was there from half a minute before. */
async function downUntil(up: string, rules: string): Promise<string> {
  const t = await testEngine();
  await t.apply(rules);
  await t.engine.idle();
  await t.emit({ module: "invoices", type: "created", record: { invoice_id: "1", due_date: "2026-11-21" } });
  // A new rule looks at its records a second time after some seconds.
  for (const instant of ["2026-11-20T09:00:20Z", "2026-11-21T16:59:30Z"]) {
    t.clock.moveTo(instant);
    await t.engine.idle();
  }
  await t.engine.stop(0);
  t.clock.moveTo(up);
  const next = await testEngine({ store: t.store, clock: t.clock });
  await next.engine.idle();
  const runs = await next.runs();
  await next.close();
  const missed = runs.filter(({ reason }) => reason === "missed").length;
  const ran = runs.filter(({ status }) => status === "succeeded").length;
  if (missed + ran !== runs.length) throw new Error(JSON.stringify(runs));
  if (missed === 0) return ran === 1 ? "runs" : `${ran} run`;
  return ran === 0 ? `${missed} missed` : `${missed} missed, ${ran} run${ran === 1 ? "s" : ""}`;
}
