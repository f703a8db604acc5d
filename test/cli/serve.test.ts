import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { welcomeAsJson, welcomeInWords } from "../../src/cli/welcome.ts";
import { readConfig } from "../../src/config.ts";
import { cli } from "./run.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rulewright-serve-"));
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

describe("serve", () => {
  const argv = (...more: readonly string[]) => [
    "serve",
    "--port",
    "0",
    "--store",
    `sqlite:${join(folder, "x.db")}`,
    "--rules",
    folder,
    "--log-level",
    "silent",
    ...more,
  ];

  it("says in order where it listens, what it works with and, once, a key with a request that works", async () => {
    file("rules.yaml", RULES);
    let status = 0;
    const first = await cli(argv(), {
      async until(printed) {
        const [, key = "", url = ""] = await printed(/curl -H 'Authorization: Bearer (\S+)' (\S+)\n/);
        status = (await fetch(url, { headers: { authorization: `Bearer ${key}` } })).status;
      },
    });
    const second = await cli(argv());
    expect(status).toBe(200);
    expect([first.code, second.code]).toEqual([0, 0]);
    const lines = first.out.split("\n");
    expect(lines[0]).toMatch(/^Rulewright \S+ listens on http:\/\/127\.0\.0\.1:\d+$/);
    expect(lines.slice(1).map((line) => line.slice(0, 9).trim())).toEqual(["docs", "api", "store", "rules", "mails", "key", "", ""]);
    expect(first.out).toContain(`\n  store  ${join(folder, "x.db")} (made now)\n`);
    expect(first.out).toContain(`\n  rules  1 rule, 3 documents from ${folder} (3 new, 0 changed, 0 removed)\n`);
    expect(first.out).toContain(`\n  mails  written to ${join(folder, "outbox")}/ as .eml files: set RULEWRIGHT_SMTP_URL to send them\n`);
    expect(first.out).toMatch(/\n {2}key {4}rwk_\S{43} \(the admin key, shown only now\)\n/);
    expect(second.out).not.toContain("rwk_");
    expect(second.out).toContain(`\n  store  ${join(folder, "x.db")}\n`);
  });

  it("shows of the mail server neither name nor password, and not the key that was given", async () => {
    const { out } = await cli(argv(), {
      env: { RULEWRIGHT_SMTP_URL: "smtp://user:hush@mail.example:2525", RULEWRIGHT_API_KEY: "k".repeat(32) },
    });
    expect(out).toContain("\n  mails  sent through mail.example:2525\n");
    expect(out).toContain("\n  key    the one in RULEWRIGHT_API_KEY\n");
    expect(out).not.toMatch(/hush|kkkk/);
  });

  it("says how to begin where there are no rules, and what is defined and not run yet", () => {
    const config = readConfig({}, { store: "sqlite::memory:" });
    const words = welcomeInWords({
      address: "http://127.0.0.1:8080",
      config,
      isNew: true,
      rules: null,
      key: null,
      notRunYet: ['webhook "post-to-erp": webhooks with a connection'],
    });
    const [, from = ""] =
      /\n {2}rules {2}none: there is no folder \.\/rules\. To begin with examples: cp -r (\S+) \S+ \. and/.exec(words) ?? [];
    expect(existsSync(join(from, "thank-you.yaml"))).toBe(true);
    expect(words).toContain("\n  store  in memory: gone when this process ends");
    expect(words).toContain('\nnot run yet: webhook "post-to-erp": webhooks with a connection\n');
  });

  it("shows of a MongoDB store neither the password nor the options", () => {
    const config = readConfig({}, { store: "mongodb://ada:hush@db.example/books?tlsCertificateKeyFilePassword=hush" });
    const welcome = { address: "http://127.0.0.1:8080", config, isNew: false, rules: null, key: null, notRunYet: [] };
    expect(welcomeInWords(welcome)).toContain("\n  store  mongodb://ada:***@db.example/books\n");
    expect(JSON.parse(welcomeAsJson(welcome))).toMatchObject({ store: "mongodb://ada:***@db.example/books" });
  });

  it("prints one line of JSON with --json", async () => {
    file("rules.yaml", RULES);
    const { out } = await cli(argv("--json"));
    expect(out.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(out)).toEqual({
      address: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      store: `sqlite:${join(folder, "x.db")}`,
      rules: { folder, rules: 1, documents: 3 },
      docs: expect.stringMatching(/\/docs$/),
      key: expect.stringMatching(/^rwk_\S{43}$/),
    });
  });

  it("says mistakes as JSON on stderr with --json", async () => {
    const path = file("rules.yaml", "kind: Nonsense");
    const { code, out, err } = await cli(argv("--json"));
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(JSON.parse(err)).toMatchObject({ code: "validation_failed", issues: [{ path: `${path}:1:7` }] });
  });

  it("makes the key only when it can show it: not for another command, nor before the rules are right", async () => {
    const record = file("invoice.json.txt", JSON.stringify({ invoice_id: "1" }));
    await cli(["emit", "invoices", "created", record, "--store", `sqlite:${join(folder, "x.db")}`]);
    file("rules.yaml", "kind: Nonsense");
    expect((await cli(argv())).code).toBe(1);
    file("rules.yaml", RULES);
    expect((await cli(argv())).out).toContain("rwk_");
  });

  it("says that it cannot listen on a port that is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = String(typeof address === "object" && address ? address.port : 0);
    const { code, err } = await cli(["serve", "--port", port, "--store", "sqlite::memory:", "--log-level", "silent"]);
    taken.close();
    expect(code).toBe(1);
    expect(err).toMatch(/cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\): .*choose another with --port/);
  });

  it("shows the key that it made also where it cannot listen then: it is stored", async () => {
    const { code, err } = await cli(["serve", "--port", "0", "--host", "203.0.113.1", ...argv().slice(3)]);
    expect(code).toBe(1);
    expect(err).toMatch(/^Admin key, shown only now: rwk_\S{43}\nrulewright: cannot listen on 203\.0\.113\.1/);
  });

  it("refuses another secret key than the store's, whose secrets the other processes could not open any more", async () => {
    file("rules.yaml", "kind: Webhook\nname: tell\nmodule: invoices\nurl: https://erp.example/hook\nsecret: abcdefghij1234567890\n");
    const key = (letter: string) => ({ env: { RULEWRIGHT_SECRET_KEY: letter.repeat(32) } });
    await cli(argv(), key("a"));
    const { code, out, err } = await cli(argv(), key("b"));
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("rulewright: another RULEWRIGHT_SECRET_KEY than the one this store was made with\n  every process");
    expect((await cli(argv(), key("a"))).out).toContain("(0 new, 0 changed, 0 removed)");
  });

  it("begins with another secret key once the seal is removed, and seals what the files hold anew", async () => {
    file("rules.yaml", "kind: Webhook\nname: tell\nmodule: invoices\nurl: https://erp.example/hook\nsecret: abcdefghij1234567890\n");
    const key = (letter: string) => ({ env: { RULEWRIGHT_SECRET_KEY: letter.repeat(32) } });
    await cli(argv(), key("a"));
    const db = new Database(join(folder, "x.db"));
    db.exec("delete from seal");
    db.close();
    expect((await cli(argv(), key("b"))).out).toContain("(0 new, 1 changed, 0 removed)");
    expect((await cli(argv(), key("b"))).out).toContain("(0 new, 0 changed, 0 removed)");
  });

  it("says which key file is lost, and looking needs none", async () => {
    file("rules.yaml", RULES);
    await cli(argv());
    const keyFile = join(folder, "x.db.key");
    rmSync(keyFile);
    const { code, err } = await cli(argv());
    expect(code).toBe(1);
    expect(err).toContain(`the key in ${keyFile} is another than the one this store was made with\n  put back the ${keyFile} of before`);
    expect((await cli(["validate", folder, "--store", `sqlite:${join(folder, "x.db")}`])).code).toBe(0);
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
    [{ RULEWRIGHT_RETENTION_DAYS: "2 months" }, /RULEWRIGHT_RETENTION_DAYS: expected whole days from 1 to 36500, or 0 .* got "2 months"/],
    [{ RULEWRIGHT_RETENTION_DAYS: "36501" }, /RULEWRIGHT_RETENTION_DAYS: expected/],
    [{ RULEWRIGHT_STORE: "mongodb://ada:hush@db.invalid" }, /RULEWRIGHT_SECRET_KEY: expected a key.* MongoDB .*\n {2}make one/],
  ])("refuses %j", async (env, message) => {
    const { code, err } = await cli(["serve"], {
      env: { RULEWRIGHT_PORT: "0", RULEWRIGHT_STORE: "sqlite::memory:", ...env } as Record<string, string>,
    });
    expect(err).not.toContain("hush");
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });
});

const MORE = `
kind: WorkflowRule
name: created
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - immediateActions: [{ type: inAppNotification, name: note }]
`;

describe("serve --watch", () => {
  const argv = (...more: readonly string[]) => [
    "serve",
    "--watch",
    "--port",
    "0",
    "--store",
    "sqlite::memory:",
    "--rules",
    folder,
    "--log-level",
    "silent",
    ...more,
  ];
  const TEMPLATE = "kind: EmailTemplate\nname: t\nmodule: invoices\nsubject: s\nhtml: { file: t.hbs }\n";

  it("applies what changed, tells mistakes and goes on with the old rules, tells that they are mended", async () => {
    file("rules.yaml", RULES);
    const { code, out, err } = await cli(argv(), {
      async until(printed) {
        await printed(/listens on/);
        file("more.yaml", MORE);
        await printed(/\nrules {2}2 rules, 4 documents from .* \(1 new, 0 changed, 0 removed\)\n/);
        file("more.yaml", "kind: Nonsense");
        await printed(/more\.yaml:1:7: .*\nrulewright: 1 mistake in .*; nothing was applied\n/);
        rmSync(join(folder, "more.yaml"));
        await printed(/rules {2}1 rule, 3 documents from .* \(0 new, 0 changed, 1 removed\)\n/);
      },
    });
    expect(code).toBe(0);
    expect(out.match(/^rules {2}/gm)).toHaveLength(2);
    expect(err.match(/nothing was applied/g)).toHaveLength(1);
  });

  it("sees a change of a template beside the folder", async () => {
    file("t.hbs", "one");
    mkdirSync(join(folder, "rules"));
    file("rules/rules.yaml", TEMPLATE.replace("t.hbs", "../t.hbs"));
    const { code } = await cli(argv("--rules", join(folder, "rules")), {
      async until(printed) {
        await printed(/listens on/);
        file("t.hbs", "{{#if}}");
        await printed(/1 mistake in/);
        file("t.hbs", "two");
        await printed(/rules {2}0 rules, 1 document from .* \(0 new, 1 changed, 0 removed\)/);
      },
    });
    expect(code).toBe(0);
  });

  it("takes a removed folder as a mistake, not as the wish to have no rules", async () => {
    file("rules.yaml", RULES);
    const { err } = await cli(argv(), {
      async until(printed) {
        await printed(/listens on/);
        rmSync(folder, { recursive: true });
        await printed(/no such file or folder\nrulewright: 1 mistake/);
        mkdirSync(folder);
        file("rules.yaml", RULES);
        await printed(/1 rule, 3 documents from .* \(0 new, 0 changed, 0 removed\)/);
      },
    });
    expect(err.match(/nothing was applied/g)).toHaveLength(1);
  });

  it("prints nothing but its line with --json; mistakes are JSON on stderr", async () => {
    file("rules.yaml", RULES);
    const { out, err } = await cli(argv("--json"), {
      async until(printed) {
        await printed(/address/);
        file("rules.yaml", "kind: Nonsense");
        await printed(/validation_failed/);
      },
    });
    expect(out.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(err)).toMatchObject({ code: "validation_failed" });
  });
});
