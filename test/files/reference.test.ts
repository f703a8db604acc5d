import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatMistake } from "../../src/files/mistake.ts";
import { readRules } from "../../src/files/read-rules.ts";
import { EXAMPLES } from "../../src/files/reference/examples.ts";
import { withReference } from "../../src/files/reference/reference.ts";
import { KINDS } from "../../src/model/definition.ts";
import { folder } from "./folder.ts";

const PAGE = readFileSync("docs/rule-files.md", "utf8");
const LINES = PAGE.split("\n");

/** The table's row of a key, in the section of a kind. */
function row(kind: string, key: string): string | undefined {
  const from = LINES.indexOf(`### ${kind}`);
  return LINES.slice(from, LINES.indexOf("```yaml", from)).find((line) => line.startsWith(`| \`${key}\` |`));
}

describe("docs/rule-files.md", () => {
  it("holds what the schemas say now", () => {
    expect(withReference(PAGE), "run `npm run schema`").toBe(PAGE);
  });

  it("has a section for each kind, in their order", () => {
    const kinds = Object.keys(KINDS);
    expect(LINES.filter((line) => line.startsWith("### ")).map((line) => line.slice(4))).toEqual([
      ...kinds,
      "Comparators",
      "Built-in modules",
    ]);
  });

  it("has a type and a meaning in every row", () => {
    const rows = LINES.slice(0, LINES.indexOf("### Comparators")).filter((line) => line.startsWith("| `"));
    const cells = rows.map((line) => line.slice(2, -2).split(" | "));
    expect(cells.length).toBeGreaterThan(150);
    expect(cells.filter(({ length }) => length !== 4)).toEqual([]);
    expect(cells.filter(([, type = "", , meaning]) => meaning === "" || type === "" || /any value|another value/.test(type))).toEqual([]);
  });

  it.each([
    ["WorkflowRule", "name", "text of 1 to 100 characters", "required"],
    ["WorkflowRule", "conditions[].criteria[].field", "text of 1 to 200 characters", "required"],
    ["WorkflowRule", "trigger.type", "one of event, date", "required"],
    [
      "WorkflowRule",
      "trigger.origins",
      "a list of 1 or more, each one of user, api, fieldUpdate, function, sync, import",
      "`[ user, api, fieldUpdate ]`",
    ],
    ["WorkflowRule", "conditions[].timeBasedActions[].execute.of", "text of 1 or more characters", "`trigger`"],
    ["Organization", "limits.emailAlertsPerDay", "a whole number from 0", "`500`"],
    ["Organization", "timeZone", "an IANA time zone such as Asia/Kolkata", "`UTC`"],
    ["Module", "fields[].fields", "a list, each as fields[]", ""],
    ["EmailTemplate", "html.file", "text of 1 or more characters", ""],
    ["EmailAlert", "from", "an email address", ""],
    ["CustomFunction", "file", "text of 1 or more characters", ""],
    ["Connection", "token.env", "the name of an environment variable", "required"],
    ["Schedule", "expires", '{ never: true }, { after: 12 } or { on: "2027-12-01" }', "`{ never: true }`"],
  ])("%s: %s is %s, default %s", (kind, key, type, preset) => {
    expect(row(kind, key)).toContain(`| \`${key}\` | ${type} | ${preset} | `);
  });

  it("says which form a key belongs to, and a key that all forms share once", () => {
    expect(row("WorkflowRule", "trigger.repeat")).toContain("With `type: event`: ");
    expect(row("EmailAlert", "recipients[].contact")).not.toContain("`contact`:");
    expect(LINES.filter((line) => line.startsWith("| `recurrence.every` |"))).toHaveLength(1);
    expect(LINES.filter((line) => line.startsWith("| `conditions[].timeBasedActions[].execute.of` |"))).toHaveLength(2);
  });

  it("shows a page without the marks as a mistake", () => {
    expect(() => withReference("# Rule files\n")).toThrow(/expected <!--/);
  });
});

describe("the examples", () => {
  it.each(Object.entries(EXAMPLES))("%s is one document without a mistake", async (kind, example) => {
    const { documents, mistakes } = await readRules(folder({ "a.yaml": example }));
    expect(mistakes.map(formatMistake)).toEqual([]);
    expect(documents.map((one) => one.kind)).toEqual([kind]);
    expect(PAGE).toContain(`\`\`\`yaml\n${example}\`\`\``);
  });

  it("stand side by side", async () => {
    const { documents, mistakes } = await readRules(folder({ "a.yaml": Object.values(EXAMPLES).join("---\n") }));
    expect(mistakes.map(formatMistake)).toEqual([]);
    expect(documents).toHaveLength(Object.keys(KINDS).length);
  });
});

it("the mistakes shown are what `validate` says", async () => {
  const text = `kind: FieldUpdate
name: extend-expiry
module: quotes
feild: expiry_date
value: "2027-06-30"
---
kind: WorkflowRule
name: extend-expiry
module: quotes
trigger: { type: event, on: [created] }
conditions:
  - criteria:
      - { field: total, comparator: greaterEqual, value: 500 }
    timeBasedActions:
      - execute: { after: { dayz: 14 } }
        actions: [{ type: fieldUpdate, name: extend-expiry }]
`;
  const { mistakes } = await readRules(folder({ "quotes.yaml": text }));
  expect(PAGE).toContain(mistakes.map((mistake) => formatMistake({ ...mistake, file: "rules/quotes.yaml" })).join("\n"));
});
