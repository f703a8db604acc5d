import { readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyFolder } from "../../src/files/check-rule-files.ts";
import { formatMistake } from "../../src/files/mistake.ts";
import { CATALOGUE } from "../../src/model/catalogue.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { startApplication, type TestApplication } from "./application.ts";
import { runsInWords, shippedRules } from "./shipped-rules.ts";

let app: TestApplication | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

describe("the folder rules/, as it is shipped", () => {
  let t: TestApplication;
  beforeEach(async () => {
    t = app = await startApplication({ rules: () => "kind: Organization\n", start: "2026-11-20T09:00:00.000Z" });
    const { mistakes } = await applyFolder(t.engine, "default", "rules");
    if (mistakes.length > 0) throw new Error(mistakes.map(formatMistake).join("\n"));
  });

  const PARTY = { customer_name: "Arun", email: "arun@customer.example", total: "75000.0" };
  it.each<[module: string, type: string, record: JsonObject, runs: readonly string[]]>([
    [
      "invoices",
      "created",
      { invoice_id: "1", status: "paid", ...PARTY },
      ["big-sale succeeded", "thank-you succeeded", "coupon-reminder scheduled for 2026-12-04T03:30:00.000Z"],
    ],
    [
      "invoices",
      "created",
      { invoice_id: "1", status: "overdue", ...PARTY },
      [
        "big-sale succeeded",
        "payment-reminder scheduled for 2026-11-27T03:30:00.000Z",
        "still-unpaid scheduled for 2026-12-11T03:30:00.000Z",
      ],
    ],
    ["invoices", "deleted", { invoice_id: "1", status: "paid", ...PARTY }, []],
    ["quotes", "created", { quote_id: "1", ...PARTY }, ["extend-expiry succeeded"]],
    ["contacts", "created", { contact_id: "1", contact_type: "customer", contact_name: "Arun" }, []],
    [
      "salestargets",
      "quarter_closed",
      { salestarget_id: "1", email: "asha@zylker.example", sales: "9.5", target: "10" },
      ["target-missed succeeded"],
    ],
  ])("%s %s %j", async (module, type, record, runs) => {
    await t.emit({ module, type, record });
    expect((await runsInWords(t)).toSorted()).toEqual(runs.toSorted());
    expect(t.receiver.received).toEqual([]);
  });

  it("runs nothing for the other modules, and tells nobody outside", async () => {
    const others = CATALOGUE.filter(({ name }) => !["invoices", "quotes"].includes(name));
    expect(others.length).toBeGreaterThan(20);
    for (const { name, idFields } of others)
      expect(await t.emit({ module: name, type: "created", record: { [idFields[0] ?? "id"]: "1", ...PARTY } })).toMatchObject({
        status: "accepted",
      });
    expect(await runsInWords(t)).toEqual([]);
    expect(t.mail.mails).toEqual([]);
  });
});

/** `echo '{...}' | npx rulewright emit invoices created - ...` under the heading of the file that it tries. */
const SECTIONS = readFileSync("docs/scenarios.md", "utf8").split(/^## /m).slice(1);
const EXAMPLE =
  /^echo '(?<record>\{.*\})' \| npx rulewright emit (?<module>\S+) (?<type>\S+) - --rules \.\/rules --store sqlite::memory:$/gm;

describe("docs/scenarios.md", () => {
  it("has a section for each file that holds rules", () => {
    const files = readdirSync("rules").filter((name) => name !== "organization.yaml");
    expect(new Set(SECTIONS.map((section) => section.split("\n")[0]))).toEqual(new Set(files));
  });

  it.each(SECTIONS.map((section) => [section.split("\n")[0] ?? "", section]))(
    "%s: each example runs the file's rules",
    async (file, section) => {
      const examples = [...section.matchAll(EXAMPLE)].map(({ groups = {} }) => groups);
      expect(examples.length).toBeGreaterThan(0);
      expect(examples.length).toBe(section.split("\necho ").length - 1);
      for (const { module, type, record } of examples) {
        app = await startApplication({ rules: shippedRules(file.replace(".yaml", "")), start: "2026-11-20T09:00:00.000Z" });
        await app.emit({ module, type, record: JSON.parse(record ?? "") });
        expect((await app.runs()).length).toBeGreaterThan(0);
        await app.close();
      }
    },
  );
});
