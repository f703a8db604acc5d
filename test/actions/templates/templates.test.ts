import Handlebars from "handlebars";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTemplates, TemplateError, type TemplateData } from "../../../src/actions/templates/templates.ts";
import { variablesOf } from "../../../src/actions/templates/data.ts";
import { CATALOGUE } from "../../../src/model/catalogue.ts";
import { resolveModules } from "../../../src/model/module.ts";
import { data } from "./make.ts";

const templates = createTemplates();
const html = (source: string, more: Partial<TemplateData> = {}) => templates.render(source, data(more), { escape: true });
const text = (source: string, more: Partial<TemplateData> = {}) => templates.render(source, data(more), { escape: false });

describe("rendering", () => {
  it.each([
    ["{{record.customer_name}}", "José <b>"],
    ["{{organization.name}} {{organization.organization_id}}", "Zylker & Sons 12345678"],
    ["{{user.name}} {{rule.name}} {{rule.version}}", "Charles thank-you 1"],
    ["{{formatMoney record.total}}", "Rs.12,000.00"],
    ["{{formatDate record.date}}", "20 Nov 2026"],
    ["{{formatNumber record.total}}", "12,000"],
    ['{{default record.nick "you"}} {{default record.invoice_id "x"}}', "you 90300"],
    ["{{upper organization.name}} {{lower organization.name}}", "ZYLKER & SONS zylker & sons"],
    ["{{#if (eq record.total 12000)}}yes{{else}}no{{/if}}", "yes"],
    ["{{#if (eq record.total '12001')}}yes{{else}}no{{/if}}", "no"],
    ["{{#unless record.nick}}none{{/unless}}", "none"],
    ["{{#each record.line_items}}{{@index}}:{{name}}{{#unless @last}}, {{/unless}}{{/each}}", "0:pen, 1:ink"],
    ["{{#each record.line_items as |line|}}{{line.name}}-{{../record.invoice_id}} {{/each}}", "pen-90300 ink-90300 "],
    ["{{#with record}}{{invoice_id}}{{/with}}", "90300"],
    ["{{record.missing}}{{previous.total}}{{event.id}}{{record.a.b.c}}", ""],
    ["{{! a comment }}{{!-- {{x}} --}}a {{~ record.invoice_id ~}} b", "a90300b"],
    ["{{upper (default record.nick 'you')}}", "YOU"],
  ])("%s", (source, shown) => {
    expect(templates.checkSource(source, "html")).toEqual([]);
    expect(text(source)).toBe(shown);
  });

  it.each([
    [{}, "Rs.5.00"],
    [{ currency_code: "INR" }, "Rs.5.00"],
    [{ currency_code: "GBP" }, "GBP 5.00"],
    [{ currency_code: "GBP", currency_symbol: "£" }, "£5.00"],
    [{ currency_symbol: "", currency_code: null }, "Rs.5.00"],
  ])("amounts of a record with %j are in its own currency", (currency, shown) => {
    expect(text("{{formatMoney record.total}}", { record: { total: 5, ...currency } })).toBe(shown);
  });

  it("escapes in HTML and nowhere else", () => {
    const record = { v: `<script>"'\`=&` };
    expect(html("{{record.v}}", { record })).toBe("&lt;script&gt;&quot;&#x27;&#x60;&#x3D;&amp;");
    expect(text("{{record.v}}", { record })).toBe(record.v);
    expect(html("{{upper record.v}}{{default record.no record.v}}", { record })).not.toMatch(/[<>"'`]/);
  });

  it("lets no value of a record out of its place in HTML", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const shown = html('<p title="{{record.v}}">{{default record.v ""}}{{upper record.v}}</p>', { record: { v: value } });
        expect(shown.match(/[<>"'`]/g)?.join("")).toBe('<""><>');
      }),
    );
  });

  it("shows what stock Handlebars shows", () => {
    const stock = Handlebars.create();
    const piece = fc.constantFrom(
      "a ",
      "<i>\n",
      "{{record.v}}",
      "{{record.list.length}}",
      "{{record.list.[1]}}",
      "{{record.o.k}}",
      "{{#if record.v}}A{{else if record.list}}B{{else}}C{{/if}}",
      "{{#unless record.v}}\n  U\n{{/unless}}\n",
      "{{#each record.list}}\n {{@index}}{{@key}}{{@first}}{{@last}}{{this}}{{../record.v}}\n{{else}}E{{/each}}\n",
      "{{#each record.o as |x k|}}{{k}}={{x}}{{/each}}",
      "{{#with record.o}}{{k}}{{else}}W{{/with}}",
      "{{~#if record.list~}} L {{~/if~}}",
      "{{!-- c --}}",
    );
    const value = fc.oneof(
      fc.constantFrom<null | string | number | boolean>(null, "", 0, 1, true, false, "x", "<&>", "0"),
      fc.string(),
      fc.integer(),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }),
        fc.record({ v: value, list: fc.array(value, { maxLength: 3 }), o: fc.dictionary(fc.constantFrom("k", "b", "c"), value) }),
        (pieces, record) => {
          const source = pieces.join("");
          expect(templates.checkSource(source, "html")).toEqual([]);
          expect(html(source, { record })).toBe(stock.compile(source)(variablesOf(data({ record }))));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("makes the text part from the HTML, or from a text of its own", async () => {
    const template = {
      name: "t",
      module: "invoices",
      subject: "For {{record.customer_name}}",
      html: '<h1>Hi {{record.customer_name}}</h1><p>See <a href="https://zylker.example">us</a></p>',
    };
    expect(await templates.renderMail(template, data())).toEqual({
      subject: "For José <b>",
      html: '<h1>Hi José &lt;b&gt;</h1><p>See <a href="https://zylker.example">us</a></p>',
      text: "Hi José <b>\n\nSee us [https://zylker.example]",
    });
    expect((await templates.renderMail({ ...template, text: "{{record.customer_name}}!" }, data())).text).toBe("José <b>!");
  });
});

describe("saving", () => {
  it.each([
    ["{{recrd.total}}", 'line 1, column 3: unknown variable "recrd"', 'did you mean "record"?'],
    ["a\n {{total}}", 'line 2, column 4: unknown variable "total"', "known: record, previous, event, rule, organization, user"],
    ["{{formatMony record.total}}", 'line 1, column 1: unknown helper "formatMony"', 'did you mean "formatMoney"?'],
    [
      "{{#iff record.a}}{{/iff}}",
      "line 1, column 1: unknown block {{#iff}}; expected #if, #unless, #each or #with",
      "did you mean {{#if}}?",
    ],
    ["\n\n{{#if record.a}}", "line 3, column 1: {{#if}} is not closed", undefined],
    ["{{#if record.a}}{{/each}}", "line 1, column 17: expected {{/if}}, got {{/each}}", undefined],
    ["x {{record.a", "line 1, column 3: this tag is not closed with }}", undefined],
    ["{{formatMoney record.a record.b}}", "line 1, column 1: expected formatMoney with one value", undefined],
    ["{{{record.a}}}", "line 1, column 1: unescaped output is not allowed; write {{ }} with two braces", undefined],
    ["{{&record.a}}", "line 1, column 1: unescaped output is not allowed; write {{ }} with two braces", undefined],
    ["{{> header}}", "line 1, column 1: partials and decorators are not allowed", undefined],
  ])("%j: %s", (source, message, hint) => {
    expect(templates.checkSource(source, "html")).toEqual([{ path: "html", message, ...(hint === undefined ? {} : { hint }) }]);
    expect(() => html(source)).toThrow(TemplateError);
  });

  it("names the part of the template", () => {
    const template = { name: "t", module: "invoices", subject: "{{a}}", html: "{{b}}", text: "{{c}}" };
    expect(templates.check(template).map(({ path }) => path)).toEqual(["subject", "html", "text"]);
  });
});

describe("hostile templates", () => {
  it.each([
    "{{constructor}}",
    "{{record.constructor}}",
    "{{record.__proto__.polluted}}",
    "{{record.[constructor].[prototype]}}",
    "{{this.constructor.constructor}}",
    "{{#with record as |constructor|}}{{constructor.constructor}}{{/with}}",
    '{{#with "s" as |string|}}{{#with "e"}}{{#with split as |conslist|}}{{this.pop}}{{this.push (lookup string.sub "constructor")}}{{/with}}{{/with}}{{/with}}',
    '{{lookup record "constructor"}}',
    '{{log "x"}}',
    "{{#blockHelperMissing record}}{{/blockHelperMissing}}",
    "{{helperMissing}}",
    "{{__defineGetter__ 'a' record}}",
    "{{@root.record}}",
    "{{@root.constructor}}",
    "{{#*inline 'x'}}y{{/inline}}",
    "{{* decorator}}",
    "{{#> layout}}{{/layout}}",
    "{{> (lookup record 'x')}}",
    "{{{{raw}}}}{{record.a}}{{{{/raw}}}}",
    "\\{{record.a}}",
    "\\\\{{{record.a}}}",
    "{{~{record.a}~}}",
    "{{~&record.a}}",
    "{{^record.a}}x{{/record.a}}",
    "{{../record.a}}",
    "{{#each record.a}}{{../../record.b}}{{/each}}",
    "{{record.a record.b}}",
    "{{if record.a}}",
    "{{formatMoney value=record.a}}",
    "{{#each a.b}}{{#each c}}{{#each d}}x{{/each}}{{/each}}{{/each}}",
    "{{record.a.b.c.d.e.f.g.h.i}}",
    "{{ '\\'}}' }}",
  ])("%s is refused", (source) => {
    expect(templates.checkSource(source, "html")).not.toEqual([]);
    expect(() => html(source)).toThrow(TemplateError);
  });

  it.each([
    ["open blocks", "{{#if record.a}}".repeat(4_000)],
    ["nested blocks", "{{#if record.a}}".repeat(1_500) + "{{/if}}".repeat(1_500)],
    ["else ifs", `{{#if record.a}}${"{{else if record.b}}".repeat(3_000)}{{/if}}`],
    ["parentheses", `{{upper ${"(upper ".repeat(9_000)}`],
    ["braces", "{".repeat(65_000)],
    ["closed braces", `{{${"}".repeat(65_000)}`],
    ["open comments", "{{!--".repeat(13_000)],
    ["brackets", "{{record.[".repeat(6_500)],
    ["quotes", `{{default record.a "${"'\"".repeat(30_000)}`],
    ["long paths", `{{record${".a".repeat(30_000)}}}`],
    ["tags", "{{record.a}}".repeat(5_000)],
    ["too much text", "x".repeat(65_537)],
    ["spaces", `{{#if${" ".repeat(60_000)}`],
  ])("64 KB of %s are refused at once", (_, source) => {
    const before = performance.now();
    expect(createTemplates().checkSource(source, "html")).not.toEqual([]);
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  it.each([
    ["output", "{{#each record.list}}{{../record.long}}{{/each}}", "256 KB"],
    ["steps without output", "{{#each record.list}}{{#each ../record.list}}{{#if this.x}}{{/if}}{{/each}}{{/each}}", "steps"],
    ["a long value", "{{record.huge}}", "256 KB"],
  ])("ends with too much %s", (_, source, reason) => {
    const record = { list: Array.from({ length: 1_000 }, () => "x"), long: "y".repeat(1_000), huge: "z".repeat(300_000) };
    const before = performance.now();
    expect(() => html(source, { record })).toThrow(reason);
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  it("calls nothing and inherits nothing that a record brings along", () => {
    let called = 0;
    const touch = (): string => String(++called);
    // What a host's record may hold although its type says JSON.
    const record = JSON.parse('{"o":{"__proto__":{"a":1}}}') as TemplateData["record"];
    const odd = Object.assign(Object.create({ inherited: "no" }), record, {
      f: touch,
      o2: { toHTML: touch, toString: touch },
    }) as TemplateData["record"];
    expect(html("{{record.f}}|{{record.inherited}}|{{record.o2}}|{{record.o.a}}", { record: odd })).toBe("||[object Object]|");
    expect(called).toBe(0);
  });

  it("accepts or refuses any text quickly, and renders what it accepts", () => {
    const piece = fc.constantFrom(
      "{{",
      "}}",
      "{{{",
      "#if ",
      "/if",
      "else",
      "record",
      ".a",
      "~",
      "!",
      "--",
      "(",
      ")",
      '"',
      "'",
      "[",
      "]",
      "\\",
      " ",
      "upper ",
      "@index",
      "../",
      "#each ",
      "/each",
      "|x|",
      "as ",
      "\n",
      "=",
      "^",
      ">",
      "&",
      "*",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }).map((parts) => parts.join("")),
        (source) => {
          const accepted = templates.checkSource(source, "html").length === 0;
          expect(rendersOrRefuses(source)).toBe(accepted ? "rendered" : "refused");
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

function rendersOrRefuses(source: string): "rendered" | "refused" {
  try {
    html(source);
    return "rendered";
  } catch (error) {
    if (error instanceof TemplateError) return "refused";
    throw error;
  }
}

describe("what a template reads of the module that it is for", () => {
  const invoices = resolveModules(CATALOGUE, []).get("invoices");
  it.each<[string, string | null]>([
    ["{{record.customer_name}} {{record.custom_fields.x}} {{record.cf_any}} {{record.something_of_ours}}", null],
    ["{{#each record.line_items}}{{nme}}{{/each}}", null],
    ["{{organization.name}} {{user.email}} {{rule.version}} {{event.type}} {{previous.total}}", null],
    ["{{record.custmer_name}}", 'line 1, column 3: unknown field "custmer_name" of invoices (did you mean "record.customer_name"?)'],
    [
      "{{#each record.line_items}}{{../record.totl}}{{/each}}",
      'line 1, column 30: unknown field "totl" of invoices (did you mean "record.total"?)',
    ],
    ["{{organization.nme}}", 'line 1, column 3: unknown key "nme" of organization (did you mean "organization.name"?)'],
    ["{{formatDate event.nope}}", 'line 1, column 14: unknown key "nope" of event (known: id, type, module, occurredAt, origin)'],
  ])("%s", (source, told) => {
    const issues = templates.checkSource(source, "html", invoices).map(({ message, hint }) => `${message} (${hint})`);
    expect(issues).toEqual(told === null ? [] : [told]);
  });
});
