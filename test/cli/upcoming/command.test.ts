import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { CalendarAnswer } from "../../../src/rest/upcoming-answers.ts";
import { folder } from "../../files/folder.ts";
import { blocksOf, ROOT } from "../../package/installed.ts";
import { KEY, serve, type Served } from "../../support/serve.ts";
import { cli } from "../run.ts";

const DAY = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);

const RULES = `
kind: FieldUpdate
name: note-it
module: invoices
field: notes
value: noted
---
kind: WorkflowRule
name: overdue
module: invoices
trigger: { type: date, field: due_date, when: { after: { days: 3 } }, at: "09:00" }
conditions:
  - criteria: [{ field: status, comparator: notEqual, value: paid }]
    immediateActions: [{ type: fieldUpdate, name: note-it }]
---
kind: WorkflowRule
name: reminder
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - timeBasedActions: [{ execute: { before: { days: 1 }, of: due_date, at: "23:59" }, actions: [{ type: fieldUpdate, name: note-it }] }]
`;
const SCHEDULE = `---
kind: CustomFunction
name: sync
module: contacts
language: javascript
code: export default async () => {};
---
kind: Schedule
name: yearly
function: sync
recurrence: { frequency: daily, every: 300 }
startsAt: "${inDays(40)}T18:00"
`;

function place() {
  const path = folder({
    "rules/rules.yaml": RULES,
    "invoice.json": JSON.stringify({ invoice_id: "1", status: "sent", due_date: inDays(2) }),
  });
  const at = (name: string) => join(path, name);
  return { path, at, rules: ["--rules", at("rules")], store: ["--store", `sqlite:${at("x.db")}`] };
}

/** A store in which a rule waits for the invoice's date. */
async function emitted() {
  const given = place();
  const { code, err } = await cli(["emit", "invoices", "created", given.at("invoice.json"), ...given.rules, ...given.store]);
  if (code !== 0) throw new Error(err);
  return given;
}

const expected = (): string => `What runs in the next 7 days, in UTC:

${weekday(inDays(1))} ${inDays(1)}
  23:59  field update "note-it"  invoice 1  rule "reminder" v1

${weekday(inDays(5))} ${inDays(5)}
  09:00  field update "note-it"  invoice 1  rule "overdue" v1  *

* if its record stays as it is until then
`;
const weekday = (day: string): string => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "short" }).format(new Date(day));

describe("upcoming", () => {
  it("shows what a store will run, and changes nothing", async () => {
    const { path, store, at } = await emitted();
    const files = readdirSync(path).toSorted();
    const { mtimeMs } = statSync(at("x.db"));
    expect(await cli(["upcoming", ...store])).toEqual({ code: 0, out: expected(), err: "" });
    expect([readdirSync(path).toSorted(), statSync(at("x.db")).mtimeMs]).toEqual([files, mtimeMs]);
  });

  it("prints the answer of GET /v1/upcoming with --json, and looks as far ahead as --days says", async () => {
    const { store } = await emitted();
    const { out } = await cli(["upcoming", "--json", ...store]);
    const answer = CalendarAnswer.parse(JSON.parse(out));
    expect(answer).toMatchObject({ data: [{ rule: { name: "reminder" } }, { rule: { name: "overdue" }, run: null }], cutAt: null });
    expect(JSON.parse((await cli(["upcoming", "--json", "--days", "3", ...store])).out).data).toHaveLength(1);
    expect((await cli(["upcoming"], { env: { RULEWRIGHT_STORE: store[1] ?? "" } })).out).toBe(expected());
  });

  it("tries the schedules of a folder in memory", async () => {
    const { at, rules } = place();
    expect((await cli(["upcoming", ...rules])).out).toMatch(
      /^Nothing runs in the next 7 days\.\n[^]*\nThe rules in .*rules alone have no records/,
    );
    const scheduled = folder({ "rules.yaml": SCHEDULE.slice(4) });
    const { code, out, err } = await cli(["upcoming", "--rules", scheduled]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(
      /What comes first is on \w{3} \S+ 18:00 in UTC \(custom function "sync", schedule "yearly"\): --days 4[01] shows it\./,
    );
    expect((await cli(["upcoming", "--days", "41", "--rules", scheduled])).out).toMatch(
      /\n {2}18:00 {2}custom function "sync" {4}schedule "yearly"\n/,
    );
    expect(readdirSync(at(".")).toSorted()).toEqual(["invoice.json", "rules"]);
  });

  it.each<[what: string, argv: readonly string[], message: RegExp]>([
    ["no days", ["--days", "0"], /--days: expected a whole number from 1 to 366, got "0"/],
    ["too many days", ["--days", "367"], /got "367"/],
    ["days in words", ["--days", "seven"], /got "seven"/],
    [
      "a store that is not there",
      ["--store", "sqlite:/dev/null/x.db"],
      /no store at \/dev\/null\/x\.db: name the one that `rulewright serve` uses/,
    ],
    ["a folder that is not there", ["--rules", "/dev/null/rules"], /\/dev\/null\/rules:1:1: no such file or folder/],
    ["both", ["--rules", "x", "--store", "sqlite:y"], /--store and --rules cannot go together/],
  ])("says what is wrong where it is given %s", async (_what, argv, message) => {
    const { code, out, err } = await cli(["upcoming", ...argv]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(message);
  });
});

it("the rule of README.md that waits for a date is seen at once, and no more once it is paid", async () => {
  const rules = blocksOf("README.md", "yaml").find(({ code }) => code.includes("name: overdue"))?.code ?? "";
  const invoice = { invoice_id: "90300", status: "sent", balance: "1000.50", due_date: inDays(1), email: "arun@customer.example" };
  const path = folder({ "rules/overdue.yaml": rules });
  const given = ["--rules", join(path, "rules"), "--store", `sqlite:${join(path, "x.db")}`];
  await cli(["emit", "invoices", "created", "-", ...given], { stdin: JSON.stringify(invoice) });
  const { out } = await cli(["upcoming", ...given.slice(2)]);
  expect(readFileSync(join(ROOT, "README.md"), "utf8")).toContain(out.replace(/\n\w{3} \d{4}-\d\d-\d\d\n/, "\nTue 2026-12-01\n"));
  await cli(["emit", "invoices", "edited", "-", ...given], { stdin: JSON.stringify({ ...invoice, status: "paid" }) });
  expect((await cli(["upcoming", ...given.slice(2)])).out).toMatch(/^Nothing runs in the next 7 days\.\n/);
});

describe("upcoming, while a server has the store", () => {
  let served: Served | null = null;
  afterEach(async () => {
    await served?.kill("SIGKILL");
    served = null;
  });

  it("shows what that one answers", async () => {
    const { rules, store } = place();
    const { url } = (served = await serve([...rules, ...store]));
    const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
    const send = (path: string, body?: object) =>
      fetch(`${url}/v1${path}`, { headers, ...(body && { method: "POST", body: JSON.stringify(body) }) }).then((response) =>
        response.json(),
      );
    await send("/events", { module: "invoices", type: "created", record: { invoice_id: "1", status: "sent", due_date: inDays(2) } });
    expect(await cli(["upcoming", ...store])).toEqual({ code: 0, out: expected(), err: "" });
    expect(JSON.parse((await cli(["upcoming", "--json", ...store])).out)).toEqual(await send("/upcoming"));
  });
});
