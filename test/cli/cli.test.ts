import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pino } from "pino";
import { wantsColours } from "../../src/cli/paint.ts";
import { run } from "../../src/cli/program.ts";
import { compose, DEFAULT_ORGANIZATION } from "../../src/compose.ts";
import { readConfig } from "../../src/config.ts";
import { cli } from "./run.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rulewright-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const RULES = `
kind: InAppNotification
name: note
module: invoices
title: "Paid by {{record.customer_name}}"
recipients: [{ everyone: true }]
---
kind: Organization
users: [{ id: "1", name: Ada, email: ada@example.com }]
---
kind: WorkflowRule
name: paid
module: invoices
trigger: { type: event, on: [created, edited], fields: { names: [status] } }
conditions:
  - criteria: [{ field: status, comparator: equal, value: paid }]
    immediateActions: [{ type: inAppNotification, name: note }]
`;

describe("emit", () => {
  const emit = (...more: string[]) => [
    "emit",
    "invoices",
    "created",
    ...more,
    "--store",
    `sqlite:${join(folder, "x.db")}`,
    "--rules",
    folder,
  ];

  it("takes a record, runs the rules and prints the executions", async () => {
    file("rules.yaml", RULES);
    const record = file("invoice.json.txt", JSON.stringify({ invoice_id: "1", status: "paid" }));
    const { code, out } = await cli(emit(record));
    expect(code).toBe(0);
    expect(out).toContain('rule "paid" (version 1) fired by condition 1\n  inAppNotification "note": succeeded\n');
  });

  it("reads { record, previous } from standard input and prints JSON alone with --json", async () => {
    file("rules.yaml", RULES);
    const stdin = JSON.stringify({ record: { invoice_id: "1", status: "paid" }, previous: { invoice_id: "1", status: "paid" } });
    const argv = ["emit", "invoices", "edited", "-", "--json", "--store", "sqlite::memory:", "--rules", folder];
    const { code, out } = await cli(argv, { stdin });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ data: [{ id: expect.stringMatching(/^evt_/), status: "accepted", executions: [] }] });
  });

  it.each([
    ["a file that is not there", ["emit", "invoices", "created", "nowhere.json"], "", /nowhere\.json cannot be read/],
    ["a folder", ["emit", "invoices", "created", "/tmp"], "", /it is a folder/],
    ["nothing", ["emit", "invoices", "created", "-"], " ", /standard input is empty; expected one record as JSON, such as/],
    ["what is not JSON", ["emit", "invoices", "created", "-"], "{status: paid}", /standard input is not JSON/],
    ["a list", ["emit", "invoices", "created", "-"], "[1]", /expected one record as a JSON object, got a list of 1/],
    [
      "an unknown module",
      ["emit", "invoice", "created", "-", "--store", "sqlite::memory:"],
      '{"invoice_id": "1"}',
      /unknown module "invoice"/,
    ],
    [
      "a record without its id",
      ["emit", "invoices", "created", "-", "--store", "sqlite::memory:"],
      "{}",
      /expected the record's id in invoice_id or id/,
    ],
    ["a store of another kind", ["emit", "invoices", "created", "-", "--store", "postgres://x"], "{}", /expected sqlite:<file>/],
    [
      "a rules folder that is not there",
      ["emit", "invoices", "created", "-", "--store", "sqlite::memory:", "--rules", "/nowhere"],
      "{}",
      /\/nowhere/,
    ],
    ["an unknown option", ["emit", "--quick"], "", /unknown option '--quick'/],
    ["an unknown command", ["emmit"], "", /unknown command 'emmit'/],
  ])("answers %s with exit code 1 and a message on stderr", async (_what, argv, stdin, message) => {
    const { code, out, err } = await cli(argv, { stdin });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(message);
  });
});

describe("validate", () => {
  it("says that there are no mistakes", async () => {
    file("rules.yaml", RULES);
    expect(await cli(["validate", folder])).toEqual({ code: 0, out: "3 documents in 1 file: no mistakes\n", err: "" });
  });

  it("gives each mistake its place and a hint", async () => {
    const path = file(
      "rules.yaml",
      RULES.replace("name: note }]", "name: noet }]").replace("comparator: equal", "comparator: includesAny"),
    );
    const { code, out } = await cli(["validate", folder]);
    expect(code).toBe(1);
    expect(out).toContain(`${path}:17:`);
    expect(out).toMatch(/unknown InAppNotification of module invoices "noet"\n\s+did you mean "note"\?/);
    expect(out).toMatch(/includesAny/);
  });

  it("prints { files, mistakes } alone with --json, and in colour only words", async () => {
    const path = file("rules.yaml", RULES.replace("name: note }]", "name: noet }]"));
    const { code, out, err } = await cli(["validate", folder, "--json"]);
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(JSON.parse(out)).toEqual({
      files: 1,
      mistakes: [
        { file: path, line: 17, column: expect.any(Number), message: expect.stringContaining("noet"), hint: 'did you mean "note"?' },
      ],
    });
    expect((await cli(["validate", folder], { colours: true })).out).toContain("\u001b[31m1 mistake\u001b[39m\n");
  });

  it("checks the files together with what a store holds, and leaves it as it is", async () => {
    const path = `${join(folder, "x.db")}`;
    const { store, close } = await storeWithNotification(path);
    file("rules.yaml", RULES.replace(/kind: InAppNotification[^]*?---\n/, "").replace("name: note }]", "name: made-by-rest }]"));
    expect((await cli(["validate", folder])).out).toContain("made-by-rest");
    expect(await cli(["validate", folder, "--store", store])).toEqual({ code: 0, out: "2 documents in 1 file: no mistakes\n", err: "" });
    await close();
    const { code, err } = await cli(["validate", folder, "--store", "sqlite:/dev/null/x.db"]);
    expect(code).toBe(1);
    expect(err).toMatch(/no store at \/dev\/null\/x\.db/);
  });
});

/** A store in which REST has made a notification. */
async function storeWithNotification(path: string) {
  const app = await compose(readConfig({}, { store: `sqlite:${path}` }), { log: pino({ level: "silent" }) });
  const body = { name: "made-by-rest", module: "invoices", title: "x", recipients: [{ everyone: true }] };
  await app.engine.definitions.create(DEFAULT_ORGANIZATION, "InAppNotification", body);
  return { store: `sqlite:${path}`, close: () => app.close(0) };
}

describe("rulewright", () => {
  it.each(["serve", "worker", "emit", "explain", "upcoming", "validate", "demo", "completion"])(
    "%s --help says what it does, with an example",
    async (command) => {
      expect((await cli(["--help"])).out).toMatch(new RegExp(`^ {2}${command} .*[a-z]{4}`, "m"));
      const { code, out } = await cli([command, "--help"]);
      expect(code).toBe(0);
      expect(out).toMatch(/\nExamples?:\n {2}.*rulewright /);
    },
  );

  it("has an overview with examples where no command is given", async () => {
    const { code, out, err } = await cli([]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/To begin:\n {2}rulewright demo /);
    expect((await cli(["--help"])).out).toBe(err);
  });

  it("colours its help only where colours are wanted", async () => {
    expect((await cli(["--help"], { colours: true })).out).toContain("\u001b[1mCommands:\u001b[22m");
    expect((await cli(["--help"])).out).not.toContain("\u001b");
    expect((await cli([], { colours: true })).err).not.toContain("\u001b");
  });

  it.each<[argv: readonly string[], message: string, hint: string]>([
    [["explian"], "unknown command 'explian'", "(Did you mean explain?)"],
    [["serve", "--prot", "1"], "unknown option '--prot'", "(Did you mean --port?)"],
    [["validate", "--jsn"], "unknown option '--jsn'", "(Did you mean --json?)"],
    [["demo", "--jso"], "unknown option '--jso'", "(Did you mean --json?)"],
    [["emit"], "missing required argument 'module'", ""],
    [["explain", "--origin", "robot"], "Allowed choices are user, api, fieldUpdate", ""],
  ])("%j is a mistake of the user", async (argv, message, hint) => {
    const { code, out, err } = await cli(argv);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(message);
    expect(err).toContain(`${hint}\n`);
    expect(err).toContain("rulewright <command> --help");
    const inJson = await cli([...argv, "--json"]);
    expect({ code: inJson.code, out: inJson.out }).toEqual({ code: 1, out: "" });
    expect(JSON.parse(inJson.err)).toMatchObject({ code: "validation_failed", message: expect.stringContaining(message) });
  });

  it("completion takes a shell that it knows", async () => {
    const { code, err } = await cli(["completion", "tcsh"]);
    expect(code).toBe(1);
    expect(err).toContain("Allowed choices are bash, zsh, fish, powershell");
  });

  it("ends with 2 where something went wrong that is nobody's mistake", async () => {
    const broken = { env: {}, colours: false, stdin: () => Promise.reject(new Error("the pipe broke")), stopped: async () => undefined };
    const ended = async (...more: readonly string[]) => {
      let err = "";
      const code = await run(["emit", "invoices", "created", "-", ...more], {
        ...broken,
        out: () => undefined,
        err: (text) => void (err += text),
      });
      return { code, err };
    };
    expect(await ended()).toEqual({ code: 2, err: expect.stringMatching(/^rulewright: unexpected: Error: the pipe broke\n\s+at /) });
    const { code, err } = await ended("--json");
    expect(code).toBe(2);
    expect(JSON.parse(err)).toEqual({ code: "internal_error", message: "Error: the pipe broke", issues: [] });
  });
});

describe("colours", () => {
  it.each<[env: Record<string, string>, isTerminal: boolean, wanted: boolean]>([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: "1" }, true, false],
    [{ NO_COLOR: "" }, true, true],
    [{ TERM: "dumb" }, true, false],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "" }, false, true],
    [{ FORCE_COLOR: "0" }, true, false],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
  ])("with %j on a terminal: %s", (env, isTerminal, wanted) => {
    expect(wantsColours(env, isTerminal)).toBe(wanted);
  });
});

it("demo --json prints its summary alone", async () => {
  const { code, out, err } = await cli(["demo", "--json"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(JSON.parse(out)).toMatchObject({
    mails: 3,
    webhooks: { arrived: 2, signaturesValid: 2 },
    runs: { failed: 0, skipped: 1 },
    skipped: [{ action: 'webhook "tell-the-erp"', record: "90302", reason: "quotaExceeded" }],
  });
});
