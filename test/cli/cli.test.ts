import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../src/cli/program.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rulewright-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command in this process, as the shell would. */
async function cli(argv: readonly string[], options: { stdin?: string; env?: Record<string, string> } = {}) {
  let out = "";
  let err = "";
  const code = await run(argv, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    env: options.env ?? {},
    colours: false,
    stdin: async () => options.stdin ?? "",
    stopped: async () => undefined,
  });
  return { code, out, err };
}

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
    ["what is not JSON", ["emit", "invoices", "created", "-"], "{status: paid}", /standard input is not JSON/],
    ["a list", ["emit", "invoices", "created", "-"], "[1]", /expected a JSON object, got \[1\]/],
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
    expect(await cli(["validate", folder])).toEqual({ code: 0, out: "3 documents in 1 files: no mistakes\n", err: "" });
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

  it.each([
    [
      "a date based rule",
      RULES.replace(/trigger: .*/, "trigger: { type: date, field: due_date, when: { after: { days: 3 } } }"),
      "date based rules are not supported yet",
    ],
    [
      "a time counted from a date field",
      RULES.replace(/immediateActions: (.*)/, "timeBasedActions: [{ execute: { before: { days: 1 }, of: due_date }, actions: $1 }]"),
      "not supported yet",
    ],
    ["a schedule", "kind: Schedule\nname: x", "not supported yet"],
    ["a connection", "kind: Connection\nname: x", "not supported yet"],
    ["a sandboxed function", "kind: CustomFunction\nname: x\nmodule: invoices\nlanguage: javascript\ncode: x", "not supported yet"],
  ])("refuses %s with a clear message", async (_what, content, message) => {
    file("rules.yaml", content);
    const { code, out } = await cli(["validate", folder]);
    expect(code).toBe(1);
    expect(out).toContain(message);
  });
});

describe("serve", () => {
  it("prints where it listens and, once, a key", async () => {
    file("rules.yaml", RULES);
    const argv = ["serve", "--port", "0", "--store", `sqlite:${join(folder, "x.db")}`, "--rules", folder, "--log-level", "silent"];
    const first = await cli(argv);
    const second = await cli(argv);
    expect(first.out).toMatch(
      /^Admin key, shown only now: rwk_\S{43}\n.*\nRulewright .* listens on http:\/\/127\.0\.0\.1:\d+\n.*\n +rules +1 rule from .* \(3 new, 0 changed, 0 removed\)\n/,
    );
    expect(second.out).not.toMatch(/key/i);
    expect([first.code, second.code]).toEqual([0, 0]);
  });

  it("makes the key only when it can show it: not for another command, nor before the rules are right", async () => {
    const argv = ["serve", "--port", "0", "--store", `sqlite:${join(folder, "x.db")}`, "--rules", folder, "--log-level", "silent"];
    const record = file("invoice.json.txt", JSON.stringify({ invoice_id: "1" }));
    await cli(["emit", "invoices", "created", record, "--store", `sqlite:${join(folder, "x.db")}`]);
    file("rules.yaml", "kind: Nonsense");
    expect((await cli(argv)).code).toBe(1);
    file("rules.yaml", RULES);
    expect((await cli(argv)).out).toContain("rwk_");
  });

  it("says that it cannot listen on a port that is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = String(typeof address === "object" && address ? address.port : 0);
    const { code, err } = await cli(["serve", "--port", port, "--store", "sqlite::memory:", "--log-level", "silent"]);
    taken.close();
    expect(code).toBe(1);
    expect(err).toMatch(/cannot listen there .*EADDRINUSE/);
  });

  it("starts with another secret key and seals what the files hold anew", async () => {
    file("rules.yaml", "kind: Webhook\nname: tell\nmodule: invoices\nurl: https://erp.example/hook\nsecret: abcdefghij1234567890\n");
    const argv = ["serve", "--port", "0", "--store", `sqlite:${join(folder, "x.db")}`, "--rules", folder, "--log-level", "silent"];
    const key = (letter: string) => ({ env: { RULEWRIGHT_SECRET_KEY: letter.repeat(32) } });
    await cli(argv, key("a"));
    expect((await cli(argv, key("b"))).out).toContain("(0 new, 1 changed, 0 removed)");
    expect((await cli(argv, key("b"))).out).toContain("(0 new, 0 changed, 0 removed)");
  });

  it("applies nothing and ends with 1 where a rule file has a mistake", async () => {
    file("rules.yaml", RULES.replace("kind: WorkflowRule", "kind: Workflowrule"));
    const { code, out, err } = await cli(["serve", "--port", "0", "--store", "sqlite::memory:", "--rules", folder]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/rules\.yaml:11:\d+: .*Workflowrule/);
    expect(err).toContain("nothing was applied");
  });

  it.each([
    [{ RULEWRIGHT_API_KEY: "short" }, /RULEWRIGHT_API_KEY: expected 32 characters or more/],
    [{ RULEWRIGHT_PORT: "http" }, /RULEWRIGHT_PORT \/ --port: expected a port/],
    [{ RULEWRIGHT_SMTP_URL: "mail.example" }, /RULEWRIGHT_SMTP_URL: expected smtp:/],
    [{ RULEWRIGHT_OUTBOUND_ALLOW: "10.0.0.0/99" }, /10\.0\.0\.0\/99/],
    [{ RULEWRIGHT_LOG_LEVEL: "loud" }, /expected one of trace/],
  ])("refuses %j", async (env, message) => {
    const { code, err } = await cli(["serve", "--store", "sqlite::memory:"], {
      env: { RULEWRIGHT_PORT: "0", ...env } as Record<string, string>,
    });
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });
});

it("every command says what it does and takes", async () => {
  const { code, out } = await cli(["--help"]);
  expect(code).toBe(0);
  for (const command of ["serve", "emit", "validate", "demo"]) {
    expect(out).toContain(command);
    expect((await cli([command, "--help"])).code).toBe(0);
  }
});
