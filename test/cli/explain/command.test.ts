import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { folder } from "../../files/folder.ts";
import { ORGANIZATION, testEngine } from "../../support/engine.ts";
import { cli } from "../run.ts";

const NOTE = `
kind: InAppNotification
name: note
module: MODULE
title: x
message: x
recipients: [{ everyone: true }]
`;
const rule = (name: string, module = "invoices", more = "") => `
kind: WorkflowRule
name: ${name}
module: ${module}
trigger: { type: event, on: [created, edited], fields: { names: [status] }, repeat: firstTime }
conditions:
  - criteria: [{ field: status, comparator: equal, value: paid }]
    immediateActions: [{ type: inAppNotification, name: note-${module} }]
${more}`;
const note = (module: string) => NOTE.replace("note", `note-${module}`).replace("MODULE", module);
const RULES = [note("invoices"), note("quotes"), rule("paid"), rule("big"), rule("twice"), rule("twice", "quotes")].join("---");

/** A folder with rules and one invoice that is paid and one that is not. */
function place() {
  const path = folder({
    "rules/rules.yaml": RULES,
    "paid.json": JSON.stringify({ invoice_id: "1", status: "paid" }),
    "sent.json": JSON.stringify({ invoice_id: "1", status: "sent" }),
  });
  const at = (name: string) => join(path, name);
  return { path, at, rules: ["--rules", at("rules")], store: ["--store", `sqlite:${at("x.db")}`] };
}

describe("explain <rule> <record>", () => {
  it("says that it fires and what it runs, and leaves nothing behind", async () => {
    const { path, at, rules } = place();
    const { code, out, err } = await cli(["explain", "paid", at("paid.json"), ...rules]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toBe(`Rule "paid" (version 1) fires for invoice 1.
  Condition 1: met (pattern 1)
     1  yes  status is "paid"  asked: is "paid"
  It runs:
    in-app notification "note-invoices", at once
`);
    expect(readdirSync(path).toSorted()).toEqual(["paid.json", "rules", "sent.json"]);
  });

  it("prints the answer of the REST route with --json", async () => {
    const { at, rules } = place();
    const { out } = await cli(["explain", "paid", at("paid.json"), ...rules, "--json", "--at", "2026-11-20T09:00:00Z"]);
    expect(JSON.parse(out)).toEqual({
      fires: true,
      reason: null,
      condition: 1,
      conditions: [
        {
          condition: 1,
          matched: true,
          pattern: "1",
          criteria: [{ number: 1, field: "status", comparator: "equal", expected: "paid", actual: "paid", matched: true }],
        },
      ],
      plan: [{ action: { type: "inAppNotification", name: "note-invoices" }, dueAt: "2026-11-20T09:00:00.000Z" }],
    });
  });

  it.each<[what: string, more: readonly string[], stdin: object, words: string]>([
    ["criteria", [], { status: "sent" }, 'Because: status is "sent", the rule asks that it is "paid".'],
    ["--type", ["--type", "deleted"], { status: "paid" }, "Because: it runs on created and edited, this event is deleted."],
    ["--origin", ["--origin", "import"], { status: "paid" }, "this was an import."],
    [
      "previous",
      ["--type", "edited"],
      { record: { status: "paid" }, previous: { status: "paid" } },
      "Because: none of the fields it watches changed: status.",
    ],
  ])("takes the record from standard input and looks at %s", async (_what, more, stdin, words) => {
    const { rules } = place();
    const { code, out } = await cli(["explain", "paid", "-", ...rules, ...more], { stdin: JSON.stringify(stdin) });
    expect(code).toBe(0);
    expect(out).toContain('Rule "paid" (version 1) does not fire for this invoice.');
    expect(out).toContain(words);
  });

  it("explains what a store holds, with its memory, and applies nothing to it", async () => {
    const { at, rules, store } = place();
    await cli(["emit", "invoices", "created", at("paid.json"), ...rules, ...store]);
    writeFileSync(at("rules/rules.yaml"), RULES.replace("value: paid", "value: sent"));
    const { out } = await cli(["explain", "paid", at("paid.json"), ...store, "--type", "created"]);
    expect(out).toContain('Rule "paid" (version 1) does not fire');
    expect(out).toContain("it fired for this record before");
    const inFolder = await cli(["explain", "paid", at("paid.json"), ...rules], { env: { RULEWRIGHT_STORE: `sqlite:${at("x.db")}` } });
    expect(inFolder.out).toContain('asked: is "sent"');
  });

  it.each<[what: string, argv: readonly string[], code: number, message: RegExp]>([
    ["a name that is nearly one", ["piad"], 1, /no rule "piad"\n {2}did you mean "paid"\?/],
    ["a name that is none", ["nothing-like-it"], 1, /no rule "nothing-like-it"\n {2}the rules are paid, big, twice/],
    ["a name of several modules", ["twice"], 1, /stands in several modules: invoices, quotes[^]*--module invoices/],
    ["a name of another module", ["paid", "--module", "quotes"], 1, /no rule "paid" of module quotes\n {2}there is one of module invoices/],
    ["an unknown module", ["paid", "--module", "invoice"], 1, /no module "invoice"; did you mean "invoices"\?/],
    ["an event type that is none", ["paid", "--type", "create"], 1, /expected one of created, edited/],
    ["an origin that is none", ["paid", "--origin", "robot"], 1, /Allowed choices are user, api, fieldUpdate/],
    ["an instant that is none", ["paid", "--at", "noon"], 1, /expected an ISO 8601 instant such as/],
  ])("answers %s with what to do", async (_what, [name = "", ...more], code, message) => {
    const { at, rules } = place();
    const ran = await cli(["explain", name, at("paid.json"), ...rules, ...more]);
    expect({ code: ran.code, out: ran.out }).toEqual({ code, out: "" });
    expect(ran.err).toMatch(message);
  });

  it("finds a rule by its module's alias, and by its id", async () => {
    const { at, rules, store } = place();
    expect((await cli(["explain", "twice", at("paid.json"), ...rules, "--module", "estimates"])).out).toContain("for this quote");
    const emitted = await cli(["emit", "invoices", "created", at("paid.json"), ...rules, ...store, "--json"]);
    const [first] = JSON.parse(emitted.out).data[0].executions;
    expect((await cli(["explain", first.rule.id, at("sent.json"), ...store])).out).toContain('Rule "paid"');
  });

  it.each<[what: string, argv: readonly string[], message: RegExp]>([
    ["nothing", [], /Expected a rule and a record, such as/],
    ["no record", ["paid"], /Expected a record to try rule "paid" on/],
    ["a store that is not there", ["paid", "-", "--store", "sqlite:/dev/null/x.db"], /no store at \/dev\/null\/x\.db/],
    ["a folder that is not there", ["paid", "-", "--rules", "/dev/null/rules"], /\/dev\/null\/rules:1:1: no such file or folder/],
    ["a folder and a store", ["paid", "-", "--rules", "x", "--store", "sqlite:y"], /cannot go together/],
    ["an event and a rule", ["paid", "--event", "x", "--at", "y"], /leave out rule, --at/],
    ["an event without a store", ["--event", "x", "--store", "sqlite:/dev/null/x.db"], /no store at \/dev\/null\/x\.db/],
  ])("says what is missing where it is given %s", async (_what, argv, message) => {
    const { code, out, err } = await cli(["explain", ...argv], { stdin: "{}" });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(message);
  });

  it("says a mistake as JSON on stderr with --json", async () => {
    const { at, rules } = place();
    const { code, out, err } = await cli(["explain", "piad", at("paid.json"), ...rules, "--json"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(JSON.parse(err)).toEqual({
      code: "not_found",
      message: 'There is no rule "piad"',
      issues: [{ path: "rule", message: "unknown rule", hint: 'did you mean "paid"?' }],
    });
  });
});

describe("explain --event", () => {
  async function emitted() {
    const given = place();
    const { at, rules, store } = given;
    writeFileSync(at("rules/rules.yaml"), [RULES, rule("unpaid").replace("value: paid", "value: sent")].join("---"));
    const { out } = await cli(["emit", "invoices", "created", at("paid.json"), ...rules, ...store, "--json"]);
    return { ...given, id: String(JSON.parse(out).data[0].id) };
  }

  it("has a paragraph for each rule of the module, those that fired first", async () => {
    const { id, store } = await emitted();
    const { code, out } = await cli(["explain", "--event", id, ...store]);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Event ${id}: invoice 1 was created on .* UTC, origin api\n\nRule "paid" \\(version 1\\) fires`));
    const verdicts = [...out.matchAll(/^Rule "(.*)" \(version 1\) (fires|does not fire)/gm)].map(([, name, fires]) => [name, fires]);
    expect(verdicts).toEqual([
      ["paid", "fires"],
      ["big", "fires"],
      ["twice", "fires"],
      ["unpaid", "does not fire"],
    ]);
  });

  it("prints { data } as the REST route does with --json", async () => {
    const { id, store } = await emitted();
    const { out } = await cli(["explain", "--event", id, ...store, "--json"]);
    const { data } = JSON.parse(out);
    expect(data).toHaveLength(4);
    expect(data[3]).toMatchObject({ rule: { name: "unpaid", version: 1 }, fires: false, reason: "criteriaNotMet", plan: [] });
  });

  it("says that there is no such event", async () => {
    const { store } = await emitted();
    const { code, err } = await cli(["explain", "--event", "evt-unknown", ...store]);
    expect(code).toBe(1);
    expect(err).toBe("rulewright: There is no event evt-unknown\n");
  });
});

describe("explain --event of what the clock brought", () => {
  const RULES_OF_TIME = `
kind: CustomFunction
name: sync
module: invoices
language: host
---
kind: Schedule
name: nightly
function: sync
recurrence: { frequency: daily }
startsAt: "2026-11-20T18:00"
${["due_date", "date"]
  .map(
    (field) => `---
kind: WorkflowRule
name: by ${field}
module: invoices
trigger: { type: date, field: ${field}, when: { after: { days: 3 } } }
conditions: [{ immediateActions: [{ type: customFunction, name: sync }] }]
`,
  )
  .join("")}`;

  /** The ids of the events in a store in which a date and a schedule's time have come, by type, and where it is. */
  async function come() {
    const path = join(folder({ "rules.yaml": "" }), "x.db");
    const t = await testEngine({ store: openSqliteStore(path) });
    await t.apply(RULES_OF_TIME);
    await t.emit({ module: "invoices", type: "created", record: { invoice_id: "1", due_date: "2026-11-18" } });
    for (const instant of ["2026-11-20T18:00:00Z", "2026-11-21T00:00:00Z"]) {
      t.clock.moveTo(instant);
      await t.engine.idle();
    }
    const { data } = await t.engine.reading.events({ organization: ORGANIZATION, origin: "clock" }, { limit: 10, cursor: null });
    await t.close();
    return { ids: Object.fromEntries(data.map(({ type, id }) => [type, id])), store: ["--store", `sqlite:${path}`] };
  }

  it("says which date came, and that another rule's is none of the others' business", async () => {
    const { ids, store } = await come();
    const { out } = await cli(["explain", "--event", ids["date"] ?? "", ...store]);
    expect(out).toBe(`Event ${ids["date"]}: a date of invoice 1 came on 2026-11-21 00:00 UTC

Rule "by due_date" (version 1) fires for invoice 1 when the date in due_date comes.
  Condition 1: met (no criteria: every record)
  It runs:
    custom function "sync", 2026-11-21 00:00 UTC

Rule "by date" (version 1) does not fire for invoice 1.
  Because: another rule waited for this date.
  Condition 1: met (no criteria: every record)
`);
  });

  it("says of a schedule that it asks no rules", async () => {
    const { ids, store } = await come();
    const { out } = await cli(["explain", "--event", ids["schedule"] ?? "", ...store]);
    expect(out).toBe(`Event ${ids["schedule"]}: a schedule's time came on 2026-11-20 18:00 UTC; it runs its function and asks no rules.\n`);
  });
});
