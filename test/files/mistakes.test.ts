import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatMistake } from "../../src/files/mistake.ts";
import { readRules } from "../../src/files/read-rules.ts";
import { folder } from "./folder.ts";

/** `»` stands where the mistake is to be shown and is taken out before the file is written. */
type Case = readonly [title: string, text: string, message: string | RegExp, hint?: string | RegExp | null];

const RULE = `kind: WorkflowRule
name: r
module: invoices
trigger: { type: event, on: [created] }
`;
const UPDATE = "kind: FieldUpdate\nname: u\nmodule: quotes\nfield: terms\n";
const WEBHOOK = "kind: Webhook\nname: w\nmodule: invoices\nurl: https://erp.example/\n";
const ALERT = "kind: EmailAlert\nname: a\nmodule: invoices\ntemplate: t\n";

const KINDS: readonly Case[] = [
  ["no kind", "»name: x\n", 'missing key "kind": expected one of Organization, Module'],
  ["an unknown kind", "kind: »Webhok\n", /expected one of .* got "Webhok"/, 'did you mean "Webhook"?'],
  ["a kind in another case", "kind: »workflowrule\n", /got "workflowrule"/, 'did you mean "WorkflowRule"?'],
  ["a kind that is no text", "kind: »5\n", /got 5$/, null],
  ["a kind left out", "»kind:\nname: x\n", /got nothing$/, null],
  [
    "a schedule without its start",
    "»kind: Schedule\nname: x\nfunction: f\nrecurrence: { frequency: daily }\n",
    'missing key "startsAt": expected text',
    null,
  ],
  [
    "a recurrence that is none",
    'kind: Schedule\nname: x\nfunction: f\nstartsAt: "2026-12-01T18:00"\nrecurrence: { frequency: »dayly }\n',
    /expected one of daily, weekly/,
    'did you mean "daily"?',
  ],
  [
    "a secret in a connection",
    "kind: Connection\nname: erp\ntype: bearer\ntoken: »abc\n",
    /^expected \{ env: NAME \}.*, got 3 characters$/,
    null,
  ],
  ["a connection of no type", "»kind: Connection\nname: x\n", 'missing key "type": expected one of basic, bearer', null],
  ["a list of documents", "»- kind: Webhook\n", "expected a document with a kind, got a list of 1"],
  ["a sentence", "»hello world\n", 'expected a document with a kind, got "hello world"'],
];

const KEYS: readonly Case[] = [
  ["an unknown key", `${UPDATE}value: a\n»feild: b\n`, 'unknown key "feild"', 'did you mean "field"?'],
  [
    "an unknown key near to none",
    `${UPDATE}value: a\n»zzzzzzz: b\n`,
    'unknown key "zzzzzzz"',
    "known keys: name, module, field, value, updateWithEmptyValue",
  ],
  [
    "an unknown nested key",
    `${RULE}conditions:\n  - immediateActions: []\n    »criterias: []\n`,
    'unknown key "criterias"',
    'did you mean "criteria"?',
  ],
  [
    "an unknown key in a flow mapping",
    "kind: Organization\nlimits: { »webhookPerDay: 5 }\n",
    'unknown key "webhookPerDay"',
    'did you mean "webhooksPerDay"?',
  ],
  [
    "an unknown key deep in lists",
    `${RULE}conditions:\n  - criteria:\n      - { field: a, comparator: isTrue }\n      - { field: b, comparator: isTrue, »casesensitive: true }\n`,
    'unknown key "casesensitive"',
    'did you mean "caseSensitive"?',
  ],
  ["a merge key, which YAML 1.2 has not", `kind: Organization\n»<<: { name: x }\n`, 'unknown key "<<"'],
  ["a key that stands twice", `${UPDATE}value: a\n»value: b\n`, 'key "value" stands twice in one mapping, first in line 5'],
  [
    "a key that stands twice in JSON",
    '{"kind": "Organization", "name": "a",\n "»name": "b"}'.replace('"»', '»"'),
    'key "name" stands twice in one mapping, first in line 1',
  ],
  ["a key that stands twice, quoted once", `kind: Organization\nname: a\n»"name": b\n`, 'key "name" stands twice'],
  ["__proto__", "kind: Organization\naddress:\n  »__proto__: { polluted: true }\n", '"__proto__" cannot be a key'],
  ["__proto__ in JSON", '{"kind": "Organization", »"__proto__": {"id": "x"}}', '"__proto__" cannot be a key'],
  ["constructor", "kind: Organization\n»constructor: x\n", 'unknown key "constructor"'],
  [
    "a mapping as key: braces without quotes",
    "kind: InAppNotification\nname: n\nmodule: invoices\ntitle: »{{record.total}}\nrecipients: [{ everyone: true }]\n",
    "expected text as a key, got a mapping, a list or an alias",
    /quotes/,
  ],
  ["a missing key", "»kind: FieldUpdate\nname: u\nmodule: quotes\nvalue: x\n", 'missing key "field": expected text'],
  [
    "a missing key of a list's element",
    `${WEBHOOK}headers:\n  - name: A\n    value: b\n  - »name: B\n`,
    'missing key "value": expected text',
  ],
  [
    "a missing key of a block mapping",
    `kind: WorkflowRule\nname: r\nmodule: invoices\nconditions: [{}]\n»trigger:\n  on: [created]\n`,
    'missing key "type": expected one of event, date',
  ],
];

const VALUES: readonly Case[] = [
  ["text for a number", 'kind: Organization\nlimits:\n  schedules: »"x"\n', 'expected a whole number from 0, got "x"', null],
  ["a fraction for a whole number", "kind: Organization\nlimits: { schedules: »1.5 }\n", "expected a whole number from 0, got 1.5"],
  ["a number that is too small", `${WEBHOOK}retry: { attempts: »0 }\n`, "expected a whole number from 1 to 10, got 0"],
  ["a number that is too large", `${WEBHOOK}retry: { attempts: »99 }\n`, "expected a whole number from 1 to 10, got 99"],
  [
    "a number for text",
    "kind: Organization\nid: »7605000000197147\n",
    "expected text of 1 or more characters, got 7605000000197147",
    'put it in quotes: "7605000000197147"',
  ],
  [
    "a number with more digits than fit",
    "kind: Organization\nid: »76050000001971470001\n",
    /expected a number of at most 15 digits, got 76050000001971470001/,
    'put it in quotes to keep every digit: "76050000001971470001"',
  ],
  ["a leading zero that would be lost", "kind: Organization\nphone: »0049\n", "expected text, got 0049", 'put it in quotes: "0049"'],
  ["no number", "kind: Organization\naddress: { zip: ».nan }\n", "expected text, a number, true, false or null, got .nan"],
  [
    "an empty value",
    "kind: FieldUpdate\n»name:\nmodule: quotes\nfield: terms\nvalue: x\n",
    "expected text of 1 to 100 characters, got nothing",
    null,
  ],
  ["empty text", 'kind: FieldUpdate\nname: »""\nmodule: quotes\nfield: terms\nvalue: x\n', 'expected text of 1 to 100 characters, got ""'],
  ["text for a truth value", `${RULE}active: »yes\nconditions: [{}]\n`, 'expected true or false, got "yes"'],
  [
    "text for a list",
    "kind: WorkflowRule\nname: r\nmodule: invoices\ntrigger: { type: event, on: »created }\nconditions: [{}]\n",
    'expected a list of 1 or more, got "created"',
  ],
  ["an empty list", `${RULE}conditions: »[]\n`, "expected a list of 1 or more, got an empty list"],
  ["a mapping for a list", `${RULE}»conditions:\n  criteria: []\n`, "expected a list of 1 or more, got { criteria }"],
  ["a list for a mapping", "kind: Organization\n»limits:\n  - 5\n", "expected a mapping, got a list of 1"],
  ["text for a mapping", `${RULE}conditions:\n  - »everything\n`, 'expected a mapping, got "everything"'],
  [
    "an unknown comparator",
    `${RULE}conditions:\n  - criteria:\n      - { field: total, comparator: equal, value: 1 }\n      - { field: status, comparator: »equals, value: paid }\n`,
    /expected one of equal, notEqual, .* got "equals"/,
    'did you mean "equal"?',
  ],
  [
    "an unknown action type",
    `${RULE}conditions:\n  - immediateActions:\n      - { type: »emailalert, name: x }\n`,
    /expected one of emailAlert, .* got "emailalert"/,
    'did you mean "emailAlert"?',
  ],
  [
    "an unknown trigger type",
    "kind: WorkflowRule\nname: r\nmodule: invoices\ntrigger: { type: »evnt, on: [created] }\nconditions: [{}]\n",
    'expected one of event, date, got "evnt"',
    'did you mean "event"?',
  ],
  ["an unknown method", `${WEBHOOK}method: »GET\n`, 'expected one of POST, PUT, DELETE, got "GET"'],
  [
    "an unknown body",
    `${WEBHOOK}body: { type: »formdata }\n`,
    /expected one of default, formUrlEncoded, formData, raw, got "formdata"/,
    'did you mean "formData"?',
  ],
  [
    "an unknown field type",
    "kind: Module\nname: m\nfields:\n  - name: a\n    type: »txt\n",
    /expected one of text, textarea.* got "txt"/,
    'did you mean "text"?',
  ],
  ["a module's name", "kind: Module\nname: »My Module\n", 'expected a-z, 0-9 and _, beginning with a letter, got "My Module"'],
  ["a time zone", "kind: Organization\ntimeZone: »Mars/Olympus\n", 'expected an IANA time zone such as Asia/Kolkata, got "Mars/Olympus"'],
  ["an address that is none", `${ALERT}recipients: [{ field: email }]\nfrom: »nobody\n`, 'expected an email address, got "nobody"'],
  ["an address in a list", `${ALERT}additionalRecipients:\n  - a@b.example\n  - »nobody\n`, 'expected an email address, got "nobody"'],
  [
    "a wall time",
    `${RULE}conditions:\n  - timeBasedActions:\n      - execute: { after: { days: 1 }, at: »"9:00" }\n        actions: [{ type: webhook, name: w }]\n`,
    'expected a wall time such as 09:00, got "9:00"',
  ],
];

const UNIONS: readonly Case[] = [
  [
    "the branch that was meant: its value",
    `${RULE}conditions:\n  - timeBasedActions:\n      - execute: { after: { days: »two } }\n        actions: [{ type: webhook, name: w }]\n`,
    'expected a whole number from 0 to 100000, got "two"',
  ],
  [
    "the branch that was meant: its unknown key",
    `${RULE}conditions:\n  - timeBasedActions:\n      - execute: { after: { days: 2 }, »off: trigger }\n        actions: [{ type: webhook, name: w }]\n`,
    'unknown key "off"',
    'did you mean "of"?',
  ],
  [
    "a unit that does not exist",
    `${RULE}grace: »{ dayz: 2 }\nconditions: [{}]\n`,
    "expected one of minutes, hours, days, weeks, months with a whole number from 0 to 100000, got { dayz }",
    'did you mean "days"?',
  ],
  [
    "neither before nor after",
    `${RULE}conditions:\n  - timeBasedActions:\n      - execute: »{ befor: { days: 2 }, of: due_date }\n        actions: [{ type: webhook, name: w }]\n`,
    /^expected \{ after: .* or \{ before: .* got \{ befor, of \}$/,
    'did you mean "before"?',
  ],
  [
    "a criterion's value",
    `${RULE}conditions:\n  - criteria:\n      - { field: total, comparator: equal, value: »{ fields: x } }\n`,
    "expected text, a number, true or false, null, { field }, { days }, { weeks }, { months }, { years } or a list of 0 to 500, got { fields }",
    'did you mean "field"?',
  ],
  [
    "a relative date's number",
    `${RULE}conditions:\n  - criteria:\n      - { field: date, comparator: lessThan, value: { days: »soon } }\n`,
    'expected a whole number, got "soon"',
  ],
  [
    "a recipient",
    `${ALERT}recipients:\n  - { field: email }\n  - »{ feild: email }\n`,
    "expected { field }, { lookup, field }, { contact }, { user } or { role }, got { feild }",
    'did you mean "field"?',
  ],
  [
    "a connection without its name",
    `${WEBHOOK}authorization: »{ type: connection }\n`,
    "expected { type: self } or { type: connection, connection: <name> }, got { type }",
  ],
  [
    "a secret, which is not shown",
    `${WEBHOOK}secret: »hunter2\n`,
    "expected 12 to 50 letters and digits, or { env: NAME }, got 7 characters",
  ],
  ["a secret's variable", `${WEBHOOK}secret: { env: »"MY SECRET" }\n`, "expected the name of an environment variable, got 9 characters"],
  ["no recipient at all", `»${ALERT}`, "expected at least one of recipients, additionalRecipients"],
  [
    "two ways to set a field",
    `${UPDATE}value: »x\nupdateWithEmptyValue: true\n`,
    'expected either value or updateWithEmptyValue: true, got "x"',
  ],
];

const SYNTAX: readonly Case[] = [
  ["a tab as indentation", "kind: Organization\nlimits:\n»\tschedules: 1\n", /not readable as YAML: Tabs/, "indent with spaces"],
  ["a colon in a value", "kind: Organization\nname: »a: b\n", /not readable as YAML/, /quotes/],
  [
    "a bad indentation",
    "kind: Organization\nlimits:\n    schedules: 1\n »  webhooksPerDay: 1\n".replace(" »  ", "»  "),
    /not readable as YAML: All mapping items/,
    /same column/,
  ],
  [
    "a placeholder without quotes in braces",
    `${WEBHOOK}parameters: [{ name: a, value: $»{INVOICE.TOTAL} }]\n`,
    /not readable as YAML/,
    /quotes/,
  ],
  ["a reserved character", "kind: Organization\nname: »@home\n", /not readable as YAML: Plain value cannot start/, /quotes/],
  ["a key without a colon", "kind: Organization\n»name\nid: x\n", /not readable as YAML/, /colon/],
  ["an escape that does not exist", 'kind: Organization\nname: "a»\\q"\n', /not readable as YAML: Invalid escape/],
  ["an unknown tag", "kind: Organization\nname: »!env NAME\n", "expected a value without a tag: Unresolved tag: !env", /remove the tag/],
  ["a tag of YAML 1.1", "kind: Organization\nname: »!!binary aGk=\n", /expected a value without a tag/],
  ["an alias to nothing", "kind: Organization\nname: »*nobody\n", "expected an anchor &nobody before the alias *nobody, there is none"],
  ["an alias inside its own anchor", "kind: Organization\naddress: &a { self: »*a }\n", /expected an anchor &a before the alias/],
  ["too many levels", `kind: Organization\naddress: ${"[".repeat(63)}»[]${"]".repeat(63)}\n`, "expected at most 64 levels of nesting"],
];

const at = (text: string): string => {
  const before = text.slice(0, text.indexOf("»")).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
};

/** Text has to stand there as it is. */
function asPattern(words: string | RegExp): RegExp {
  return typeof words === "string" ? new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")) : words;
}

const GROUPS = { kinds: KINDS, keys: KEYS, values: VALUES, unions: UNIONS, syntax: SYNTAX };

describe.each(Object.entries(GROUPS))("mistakes: %s", (_title, cases) => {
  it.each(cases.map(([name, text, message, hint]) => ({ name, text, message, hint })))("$name", async ({ text, message, hint }) => {
    expect(text.split("»").length, "one mark").toBe(2);
    const path = folder({ [text.startsWith("{") ? "rules.json" : "rules.yaml"]: text.replace("»", "") });
    const { documents, mistakes } = await readRules(path);
    expect(documents).toEqual([]);
    expect(mistakes.map(formatMistake)).toHaveLength(1);
    expect(mistakes.map(({ line, column }) => `${line}:${column}`)).toEqual([at(text)]);
    expect(mistakes[0]?.message).toMatch(asPattern(message));
    expect(mistakes[0]?.hint ?? "").toMatch(hint === undefined ? /(?:)/ : asPattern(hint ?? /^$/));
  });
});

describe("a mistake's form", () => {
  it("is file:line:column: message, then the hint", async () => {
    const path = folder({ "a/b.yaml": "kind: FieldUpdate\nname: u\nmodule: quotes\nfeild: terms\nvalue: x\n" });
    const { mistakes } = await readRules(path);
    expect(mistakes.map(formatMistake)).toEqual([
      `${join(path, "a/b.yaml")}:1:1: missing key "field": expected text of 1 or more characters`,
      `${join(path, "a/b.yaml")}:4:1: unknown key "feild"\n  did you mean "field"?`,
    ]);
  });
});

it("a rule without a trigger is told what is missing", async () => {
  const { mistakes } = await readRules(folder({ "w.yaml": "kind: WorkflowRule\nname: x\nmodule: invoices\nconditions: [{}]\n" }));
  expect(mistakes.map(({ message }) => message)).toEqual(['missing key "trigger": expected a mapping']);
});
