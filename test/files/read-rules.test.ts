import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { formatMistake } from "../../src/files/mistake.ts";
import { readRules } from "../../src/files/read-rules.ts";
import { placeIssues } from "../../src/files/sourced-document.ts";
import { folder } from "./folder.ts";

const update = (name: string): string => `kind: FieldUpdate\nname: ${name}\nmodule: quotes\nfield: terms\nvalue: x\n`;

async function namesIn(path: string): Promise<readonly unknown[]> {
  const { documents, mistakes } = await readRules(path);
  expect(mistakes.map(formatMistake)).toEqual([]);
  return documents.map(({ document }) => document.name);
}

async function mistakesIn(path: string): Promise<readonly string[]> {
  const { mistakes } = await readRules(path);
  return mistakes.map((mistake) => formatMistake({ ...mistake, file: relative(path, mistake.file) }));
}

describe("finding files", () => {
  it("takes *.yaml *.yml *.json of all folders, in the order of their paths", async () => {
    const path = folder({
      "b.yml": update("b"),
      "a/z.yaml": update("a/z"),
      "a/a.json": JSON.stringify({ kind: "FieldUpdate", name: "a/a", module: "quotes", field: "terms", value: "x" }),
      "C.yaml": update("C"),
      "notes.txt": "no rule",
      "readme.md": "no rule",
    });
    expect(await namesIn(path)).toEqual(["C", "a/a", "a/z", "b"]);
  });

  it("leaves out hidden entries and node_modules", async () => {
    const path = folder({ "a.yaml": update("a"), ".b.yaml": "!", ".git/c.yaml": "!", "node_modules/p/d.yaml": "!" });
    expect(await namesIn(path)).toEqual(["a"]);
  });

  it("reads a folder whose name looks like a file's", async () => {
    expect(await namesIn(folder({ "old.yaml/a.yaml": update("a") }))).toEqual(["a"]);
  });

  it("follows links, each file once, also through a loop", async () => {
    const path = folder({ ".data/a.yaml": update("a"), "sub/b.yaml": update("b") });
    symlinkSync(join(path, ".data/a.yaml"), join(path, "a.yaml"));
    symlinkSync(join(path, ".data/a.yaml"), join(path, "again.yaml"));
    symlinkSync(path, join(path, "sub/loop"));
    expect(await namesIn(path)).toEqual(["a", "b"]);
  });

  it("takes single files and several paths, what they share once", async () => {
    const path = folder({ "a.yaml": update("a"), "b.rules": update("b") });
    const { documents } = await readRules(join(path, "b.rules"), path, join(path, "a.yaml"));
    expect(documents.map(({ document }) => document.name)).toEqual(["b", "a"]);
  });

  it("says that a folder is missing", async () => {
    expect((await readRules("/nowhere/rules")).mistakes.map(formatMistake)).toEqual(["/nowhere/rules:1:1: no such file or folder"]);
  });

  it("says that a link leads nowhere, and does not wait for a pipe", async () => {
    const path = folder({});
    symlinkSync(join(path, "gone"), join(path, "a.yaml"));
    symlinkSync(join(path, "gone"), join(path, "readme"));
    execFileSync("mkfifo", [join(path, "b.yaml")]);
    expect(await mistakesIn(path)).toEqual(["a.yaml:1:1: no such file or folder", "b.yaml:1:1: expected a regular file"]);
  });
});

describe("reading a file", () => {
  it("reads several documents, and nothing from empty ones", async () => {
    const text = `# only a comment\n---\n---\n${update("a")}---\n# nothing\n---\n${update("b")}...\n---\n${update("c")}---\nnull\n---\n~\n`;
    const { documents, mistakes } = await readRules(folder({ "a.yaml": text, "empty.yaml": "", "comment.yaml": "# x\n" }));
    expect(documents.map(({ document }) => document.name)).toEqual(["a", "b", "c"]);
    expect(mistakes.map(({ line, message }) => `${line} ${message}`)).toEqual([
      "25 expected a document with a kind, got null",
      "27 expected a document with a kind, got ~",
    ]);
  });

  it("counts lines and columns the same with a byte order mark and with CRLF", async () => {
    const text = `${update("a")}feild: y\n---\nkind: FieldUpdate\nname: 5\nmodule: quotes\nfield: terms\nvalue: x\n`;
    const expected = [/^6:1 unknown key/, /^9:7 expected text/];
    for (const form of [text, `\uFEFF${text}`, text.replaceAll("\n", "\r\n"), `\uFEFF${text.replaceAll("\n", "\r\n")}`]) {
      const { mistakes } = await readRules(folder({ "a.yaml": form }));
      expect(mistakes).toHaveLength(2);
      for (const [index, { line, column, message }] of mistakes.entries())
        expect(`${line}:${column} ${message}`).toMatch(expected[index] ?? /^$/);
    }
  });

  it("reads JSON, indented by tabs too", async () => {
    const document = { kind: "FieldUpdate", name: "a", module: "quotes", field: "terms", value: ["x", '\u00e9\n"{{'] };
    const { documents } = await readRules(folder({ "a.json": JSON.stringify(document, null, "\t") }));
    expect(documents[0]?.document).toEqual({ name: "a", module: "quotes", field: "terms", value: document.value });
  });

  it("reads `on`, `yes` and dates as YAML 1.2 does, whatever a %YAML line says", async () => {
    const { documents, mistakes } = await readRules(
      folder({ "a.yaml": "%YAML 1.1\n---\nkind: FieldUpdate\nname: on\nmodule: quotes\nfield: terms\nvalue: 2015-06-30\n" }),
    );
    expect(mistakes).toEqual([]);
    expect(documents[0]?.document).toMatchObject({ name: "on", value: "2015-06-30" });
  });

  it("points at the first byte that is not UTF-8", async () => {
    const bytes = Buffer.concat([Buffer.from("kind: FieldUpdate\nname: \u00e9"), Buffer.from([0xe9]), Buffer.from("\n")]);
    expect(await mistakesIn(folder({ "a.yaml": bytes, "b.yaml": Buffer.from("\uFEFFkind: x", "utf16le") }))).toEqual([
      "a.yaml:2:8: expected UTF-8, got a byte that is not part of it\n  save the file as UTF-8",
      "b.yaml:1:1: expected UTF-8, got a byte that is not part of it\n  save the file as UTF-8",
    ]);
  });

  it("refuses a file above 1 MB, not one of 1 MB", async () => {
    const comment = "#".repeat(1_000_000 - update("a").length);
    const path = folder({ "a.yaml": update("a") + comment, "b.yaml": `${update("b")}${comment}#` });
    expect(await mistakesIn(path)).toEqual(["b.yaml:1:1: expected a file of at most 1000000 bytes, got 1000001"]);
  });

  it("survives a nesting that would end the process", async () => {
    for (const text of ["[".repeat(50_000), "- ".repeat(50_000), '{"a":'.repeat(30_000), "? ".repeat(30_000)]) {
      expect(await mistakesIn(folder({ "a.yaml": text }))).toEqual([expect.stringMatching(/^a.yaml:1:\d+: expected at most 64 levels/)]);
    }
  });

  it("stays quick with many keys", async () => {
    const keys = Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join("\n");
    expect(await mistakesIn(folder({ "a.yaml": keys }))).toEqual([expect.stringContaining('missing key "kind"')]);
  });
});

describe("aliases", () => {
  it("stand for what they name, and mistakes point there", async () => {
    const text = "kind: InAppNotification\nname: n\nmodule: invoices\ntitle: &t Sale\nmessage: *t\nrecipients: [{ everyone: &no false }]\n";
    const { documents, mistakes } = await readRules(
      folder({ "a.yaml": text.replace("&no false", "true"), "b.yaml": text.replace("name: n", "name: b") }),
    );
    expect(documents[0]?.document).toMatchObject({ title: "Sale", message: "Sale" });
    expect(mistakes.map(({ line, column }) => `${line}:${column}`)).toEqual(["6:14"]);
  });

  it("cannot grow without end", async () => {
    const bomb = ["kind: Organization", "address:", "  a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 30; level++) bomb.push(`  a${level}: &a${level} [${`*a${level - 1}, `.repeat(10)}]`);
    const { documents, mistakes } = await readRules(folder({ "a.yaml": bomb.join("\n") }));
    expect(documents).toEqual([]);
    expect(mistakes[0]?.message).toBe("expected aliases that stand for at most 10000 values and 64 levels");
    expect(mistakes[0]?.line).toBe(6);
  });

  it("cannot nest without end", async () => {
    const chain = [
      "kind: Organization",
      "address:",
      `  a0: &a0 ${"[".repeat(40)}${"]".repeat(40)}`,
      `  a1: ${"[".repeat(40)}*a0${"]".repeat(40)}`,
    ];
    expect(await mistakesIn(folder({ "a.yaml": chain.join("\n") }))).toEqual([
      "a.yaml:4:47: expected aliases that stand for at most 10000 values and 64 levels",
    ]);
  });
});

describe("places", () => {
  const text = [
    "kind: WorkflowRule",
    "name: r",
    "module: invoices",
    "trigger:",
    "  type: event",
    "  on: [created, edited]",
    "conditions:",
    "  - criteria:",
    "      - { field: status, comparator: equal, value: paid }",
    "      - field: total",
    "        comparator: greaterEqual",
    "        value: 500",
    "    immediateActions: [{ type: webhook, name: w }]",
    "    timeBasedActions:",
    "      - execute: { after: { days: 14 } }",
    "        actions:",
    "          - { type: emailAlert, name: a }",
  ].join("\n");

  it.each([
    ["", "1:1"],
    ["name", "2:7"],
    ["trigger", "4:1"],
    ["trigger.on", "6:7"],
    ["trigger.on.1", "6:17"],
    ["trigger.fields.names.0", "4:1"],
    ["conditions", "7:1"],
    ["conditions.0", "8:5"],
    ["conditions.0.pattern", "8:5"],
    ["conditions.0.criteria.0.value", "9:52"],
    ["conditions.0.criteria.1", "10:9"],
    ["conditions.0.criteria.1.value", "12:16"],
    ["conditions.0.immediateActions.0.name", "13:47"],
    ["conditions.0.timeBasedActions.0.execute.after.days", "15:35"],
    ["conditions.0.timeBasedActions.0.actions.0.name", "17:39"],
    ["nothing.like.it", "1:1"],
  ])("%s is at %s", async (path, expected) => {
    const { documents } = await readRules(folder({ "a.yaml": text }));
    const place = documents[0]?.locate(path);
    expect(`${place?.line}:${place?.column}`).toBe(expected);
  });

  it("places issues of several documents in their files", async () => {
    const path = folder({ "a.yaml": `${update("a")}---\n${text}`, "b.yaml": update("b") });
    const { documents } = await readRules(path);
    const placed = placeIssues(
      documents,
      [
        { index: 2, path: "field", message: "no such field", hint: "did you mean?" },
        { index: 1, path: "conditions.0.immediateActions.0.name", message: "no such webhook" },
        { index: null, path: "", message: "of all of them" },
      ],
      "rules",
    );
    expect(placed.map(formatMistake)).toEqual([
      `${join(path, "b.yaml")}:4:8: no such field\n  did you mean?`,
      `${join(path, "a.yaml")}:19:47: no such webhook`,
      "rules:1:1: of all of them",
    ]);
  });

  it("finds keys that hold points", async () => {
    const { documents } = await readRules(folder({ "a.yaml": "kind: Organization\naddress:\n  a.b: { c.d: x }\n" }));
    expect(documents[0]?.locate("address.a.b.c.d")).toEqual({ line: 3, column: 15 });
  });
});

describe("all mistakes", () => {
  it("of all files and documents come at once, in reading order", async () => {
    const path = folder({
      "b.yaml": "kind: Webhok\n---\nkind: FieldUpdate\nname: 1\nmodule: 2\nfield: x\nvalue: x\n---\na: [\n",
      "a.yaml": `${update("x")}---\nkind: Schedule\n---\n${update("ok")}`,
      "c.yaml": update("x"),
    });
    const { documents } = await readRules(path);
    expect(documents.map(({ document }) => document.name)).toEqual(["x", "ok", "x"]);
    expect((await mistakesIn(path)).map((line) => line.replace(/^(\S+) (.{12}).*/s, "$1 $2"))).toEqual([
      "a.yaml:7:1: missing key ",
      "a.yaml:7:1: missing key ",
      "a.yaml:7:1: missing key ",
      "a.yaml:7:1: missing key ",
      "b.yaml:1:7: expected one",
      "b.yaml:4:7: expected tex",
      "b.yaml:5:9: expected tex",
      "b.yaml:10:1: not readable",
      "c.yaml:2:7: FieldUpdate ",
    ]);
  });
});

describe("names", () => {
  const rule = (name: string, module: string): string =>
    `kind: WorkflowRule\nname: ${name}\nmodule: ${module}\ntrigger: { type: event, on: [created] }\nconditions: [{}]\n`;

  it.each([
    ["of a kind", update("x"), update("x"), /^b.yaml:2:7: FieldUpdate "x" is defined twice, first in .*a.yaml:2:7$/],
    ["of a kind in two modules", update("x"), update("x").replace("quotes", "bills"), /FieldUpdate "x" is defined twice/],
    ["of rules of a module", rule("x", "bills"), rule("x", "bills"), /^b.yaml:2:7: WorkflowRule "x" of bills is defined twice/],
    ["of rules of a module and its alias", rule("x", "quotes"), rule("x", "estimates"), /WorkflowRule "x" of estimates is defined twice/],
    [
      "of a module and its alias",
      "kind: Module\nname: contacts\n",
      "kind: Module\nname: customers\n",
      /Module "customers" is defined twice/,
    ],
    [
      "of organizations, whatever theirs",
      "kind: Organization\nname: a\n",
      "kind: Organization\nname: b\n",
      /^b.yaml:1:1: Organization is defined twice/,
    ],
  ])("%s stand once", async (_title, a, b, expected) => {
    expect(await mistakesIn(folder({ "a.yaml": a, "b.yaml": b }))).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    [
      "of two kinds",
      update("x"),
      update("x")
        .replace("FieldUpdate", "InAppNotification")
        .replace("field: terms\nvalue: x", "title: x\nrecipients: [{ everyone: true }]"),
    ],
    ["of rules of two modules", rule("x", "bills"), rule("x", "quotes")],
    ["in two cases", update("x"), update("X")],
  ])("%s may be the same", async (_title, a, b) => {
    expect(await mistakesIn(folder({ "a.yaml": a, "b.yaml": b }))).toEqual([]);
  });
});

describe("included files", () => {
  const template = (html: string): string => `kind: EmailTemplate\nname: t\nmodule: invoices\nsubject: s\nhtml: ${html}\n`;
  const code = (file: string): string => `kind: CustomFunction\nname: f\nmodule: invoices\nlanguage: javascript\nfile: ${file}\n`;

  it("are read relative to the document's file, out of the folder too", async () => {
    const path = folder({
      "rules/sub/a.yaml": `${template("{ file: ../../templates/t.hbs }")}text: { file: t.txt }\n---\n${code("../../f.js")}`,
      "rules/sub/t.txt": "\uFEFFtext",
      "templates/t.hbs": "<p>{{record.total}}</p>",
      "f.js": "export default 1;",
    });
    const { documents, mistakes } = await readRules(join(path, "rules"));
    expect(mistakes).toEqual([]);
    expect(documents.map(({ document }) => document)).toMatchObject([
      { html: "<p>{{record.total}}</p>", text: "text" },
      { code: "export default 1;" },
    ]);
    expect(documents.map(({ document }) => "file" in document)).toEqual([false, false]);
    expect(documents[0]?.locate("html")).toEqual({ line: 5, column: 7 });
    expect(documents[1]?.locate("code")).toEqual({ line: 12, column: 7 });
  });

  it.each([
    ["missing", template("{ file: ../gone.hbs }"), /^rules\/a.yaml:5:7: \S*gone.hbs: no such file$/],
    ["a folder", template("{ file: . }"), /5:7: .*: expected a regular file/],
    ["too large", template("{ file: ../large }"), /5:7: .*large: expected a file of at most 65536 bytes, got 65537/],
    ["code that is too large", code("../larger"), /5:7: .*larger: expected a file of at most 262144 bytes, got 262145/],
    ["not UTF-8", template("{ file: ../latin }"), /5:7: .*latin:2:2: expected UTF-8/],
    ["empty", template("{ file: ../empty }"), /5:7: expected text of 1 to 65536 characters/],
    ["named by a number", template("{ file: 5 }"), /5:15: expected text of 1 or more characters, got 5/],
    ["named by nothing", template("{ fil: x }"), /5:7: missing key "file": .*\n?/],
    ["inline as well", `${code("../f.js")}code: x\n`, /5:1: expected either code or file, got both/],
    ["a list of names", code("[a.js]"), /5:7: expected text of 1 or more characters, got a list of 1/],
  ])("%s: a mistake at the key", async (_title, text, expected) => {
    const path = folder({
      "rules/a.yaml": text,
      large: "x".repeat(65_537),
      larger: "x".repeat(262_145),
      latin: Buffer.from("a\nb\xe9", "latin1"),
      empty: "",
      "f.js": "x",
    });
    expect((await mistakesIn(path))[0]).toMatch(expected);
  });

  it("of 64 KB are taken, and the rest of a document is checked when one is missing", async () => {
    const path = folder({ "a.yaml": template("{ file: t }"), t: "x".repeat(65_536) });
    mkdirSync(join(path, "b"));
    expect(await mistakesIn(path)).toEqual([]);
    expect(await mistakesIn(folder({ "a.yaml": `${template("{ file: gone }")}feild: x\n` }))).toHaveLength(2);
  });
});
