import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { checkDocument } from "../../src/files/check-document.ts";
import { parseYaml } from "../../src/files/parse-yaml.ts";
import { readRules } from "../../src/files/read-rules.ts";
import { EXAMPLES } from "../../src/files/reference/examples.ts";
import { isJsonObject, type Json } from "../../src/model/json.ts";
import { folder } from "./folder.ts";
import { documentsIn, refusals } from "./json-schema.ts";

const RULE = "kind: WorkflowRule\nname: r\nmodule: invoices\ntrigger: { type: event, on: [created] }\n";
const UPDATE = "kind: FieldUpdate\nname: u\nmodule: quotes\nfield: terms\nvalue: x\n";
const WEBHOOK = "kind: Webhook\nname: w\nmodule: invoices\nurl: https://erp.example/\n";
const ALERT = "kind: EmailAlert\nname: a\nmodule: invoices\ntemplate: t\nrecipients: [{ field: email }]\n";
const TEMPLATE = "kind: EmailTemplate\nname: t\nmodule: invoices\nsubject: s\n";
const SCHEDULE = "kind: Schedule\nname: s\nfunction: f\nrecurrence: { frequency: daily }\n";

const WRONG: readonly (readonly [title: string, text: string])[] = [
  ["no kind", "name: x\n"],
  ["an unknown kind", "kind: Webhok\nname: x\n"],
  ["a list of documents", "- kind: Organization\n"],
  ["an unknown key", `${UPDATE}feild: b\n`],
  ["an unknown key deep inside", `${RULE}conditions: [{ criteria: [{ field: a, comparator: isTrue, casesensitive: true }] }]\n`],
  ["a key of another kind", `${UPDATE}url: https://erp.example/\n`],
  ["a missing key", "kind: FieldUpdate\nname: u\nmodule: quotes\nvalue: x\n"],
  ["no conditions", `${RULE}conditions: []\n`],
  ["an unknown comparator", `${RULE}conditions: [{ criteria: [{ field: a, comparator: equals, value: 1 }] }]\n`],
  ["a value of no known form", `${RULE}conditions: [{ criteria: [{ field: a, comparator: equal, value: { fields: b } }] }]\n`],
  ["a date trigger's key in an event trigger", `${RULE.replace("on:", "cycle: once, on:")}conditions: [{}]\n`],
  ["an unknown action type", `${RULE}conditions: [{ immediateActions: [{ type: mail, name: x }] }]\n`],
  [
    "a wall time",
    `${RULE}conditions: [{ timeBasedActions: [{ execute: { after: { days: 1 }, at: "9:00" }, actions: [{ type: webhook, name: w }] }] }]\n`,
  ],
  ["two units in one length of time", `${RULE}grace: { hours: 1, minutes: 30 }\nconditions: [{}]\n`],
  ["a fraction of a day", `${RULE}grace: { days: 0.5 }\nconditions: [{}]\n`],
  ["a number for text", "kind: Organization\nid: 7605\n"],
  ["a method", `${WEBHOOK}method: GET\n`],
  ["too many attempts", `${WEBHOOK}retry: { attempts: 99 }\n`],
  ["a short secret", `${WEBHOOK}secret: hunter2\n`],
  ["a body of another type's form", `${WEBHOOK}body: { type: raw, parameters: [] }\n`],
  ["an address that is none", `${ALERT}from: nobody\n`],
  ["a template's file by another key", `${TEMPLATE}html: { path: a.hbs }\n`],
  ["a template without HTML", TEMPLATE],
  ["a function's language", "kind: CustomFunction\nname: f\nmodule: invoices\nlanguage: deluge\ncode: x\n"],
  ["a connection's literal secret", "kind: Connection\nname: c\ntype: bearer\ntoken: abc\n"],
  ["another connection's key", "kind: Connection\nname: c\ntype: bearer\npassword: { env: A }\n"],
  ["a field's type", "kind: Module\nname: m\nfields: [{ name: a, type: list, fields: [{ name: b, type: txt }] }]\n"],
  ["a module's name", "kind: Module\nname: My Module\n"],
  ["a schedule's day of the week", `${SCHEDULE.replace("daily", "weekly, on: { weekday: someday }")}startsAt: "2026-12-01T18:00"\n`],
  ["a schedule's end", `${SCHEDULE}startsAt: "2026-12-01T18:00"\nexpires: { on: soon }\n`],
];

describe("wrong documents are refused by the reader and by the JSON Schema", () => {
  it.each(WRONG)("%s", async (_title, text) => {
    const { documents, mistakes } = await readRules(folder({ "a.yaml": text }));
    expect(documents).toEqual([]);
    expect(mistakes.length).toBeGreaterThan(0);
    expect(documentsIn(text).flatMap(refusals)).not.toEqual([]);
  });
});

describe("any document that the reader takes", () => {
  const seeds = [
    ...readdirSync("rules").flatMap((name) => documentsIn(readFileSync(`rules/${name}`, "utf8"))),
    ...Object.values(EXAMPLES).flatMap(documentsIn),
  ].filter(isJsonObject);
  const names = [...new Set(seeds.flatMap(paths).map((path) => path.at(-1) ?? "name"))].filter((name) => !/^\d+$/.test(name));
  const value: fc.Arbitrary<Json> = fc.oneof(
    fc.constantFrom<Json>("", "x", "paid", "09:00", "2026-12-01", "a@b.example", 0, 1, -1, 1.5, 1e6, true, false, null),
    fc.constantFrom<Json>([], {}, ["x"], [1], { field: "a" }, { days: 1 }, { hours: 2 }, { env: "A" }, { file: "package.json" }, [
      { name: "a", value: "b" },
    ]),
    fc.constantFrom(...seeds.flatMap(valuesIn)),
  );
  const change = fc.record({
    seed: fc.constantFrom(...seeds),
    where: fc.nat(),
    what: fc.oneof(
      value.map((to) => ({ do: "set" as const, to })),
      fc.record({ do: fc.constant("add" as const), key: fc.constantFrom(...names), to: value }),
      fc.constant({ do: "drop" as const }),
    ),
  });

  it("is valid under the JSON Schema", async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(change, async ({ seed, where, what }) => {
        const all = paths(seed);
        const changed = edit(seed, all[where % all.length] ?? [], what);
        const root = parseYaml(stringify(changed))[0]?.root;
        const checked = root ? await checkDocument(root, resolve("rules/a.yaml")) : null;
        if (!checked?.document) return;
        taken++;
        expect(refusals(changed)).toEqual([]);
      }),
      { numRuns: 1500 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});

type Edit =
  | { readonly do: "set"; readonly to: Json }
  | { readonly do: "add"; readonly key: string; readonly to: Json }
  | { readonly do: "drop" };

/** Every path below a value. */
function paths(value: Json): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, below]: readonly [string, Json]) => [[key], ...paths(below).map((path) => [key, ...path])]);
}

function valuesIn(value: Json): readonly Json[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap((below: Json) => [below, ...valuesIn(below)]) : [];
}

function edit(value: Json, [key, ...rest]: readonly string[], what: Edit): Json {
  if (key === undefined || typeof value !== "object" || value === null) {
    return what.do === "set" ? what.to : what.do === "add" && isJsonObject(value) ? { ...value, [what.key]: what.to } : value;
  }
  const entries = Object.entries(value).flatMap(([name, below]: readonly [string, Json]): readonly (readonly [string, Json])[] => {
    if (name !== key) return [[name, below]];
    return what.do === "drop" && rest.length === 0 ? [] : [[name, edit(below, rest, what)]];
  });
  return Array.isArray(value) ? entries.map(([, below]) => below) : Object.fromEntries(entries);
}
