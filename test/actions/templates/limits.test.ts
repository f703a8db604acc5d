import { describe, expect, it } from "vitest";
import { parseTemplate } from "../../../src/actions/templates/parse.ts";

const first = (source: string) => parseTemplate(source).problems[0]?.message ?? null;
const blocks = (depth: number, inner = "x") => "{{#if record.a}}".repeat(depth) + inner + "{{/if}}".repeat(depth);
const chain = (length: number) => `{{#if record.a}}${"{{else if record.a}}".repeat(length - 1)}{{/if}}`;
const calls = (depth: number) => `{{upper ${"(lower ".repeat(depth)}record.a${")".repeat(depth)}}}`;

// Each limit on its own: below it the template is accepted, above it refused before the parser, whose time grows with the nesting's square.
describe("nesting", () => {
  it.each([
    ["blocks", blocks(12), blocks(13), "12 blocks"],
    ["else ifs", chain(12), chain(13), "12 blocks"],
    ["else ifs inside blocks", blocks(6, chain(6)), blocks(6, chain(7)), "12 blocks"],
    ["calls", calls(4), calls(5), "4 calls"],
  ])("of %s ends at its limit", (_, most, over, limit) => {
    expect(first(most)).toBeNull();
    expect(first(over)).toContain(limit);
  });

  it("is counted anew for each block", () => {
    expect(first(blocks(12).repeat(50))).toBeNull();
    expect(first(chain(12).repeat(50))).toBeNull();
  });
});

describe("what only looks like the end of a block does not end it", () => {
  // 900 times: few enough tags for their number not to be the reason.
  it.each([
    ["a long comment", "{{#if record.a}}{{!-- {{/if}} --}}", "12 blocks"],
    ["a comment", "{{#if record.a}}{{! {{/if}}", "12 blocks"],
    ["an escaped tag", "{{#if record.a}}\\{{/if}}", "cannot be escaped"],
    ["a raw block", "{{#if record.a}}{{{{x}}}}{{/if}}{{{{/x}}}}", "two braces"],
    ["a string", '{{#if "{{/if"}}', "12 blocks"],
    ["a string with the tag's end", "{{#if '}}{{/if}}'}}", "closed quotes"],
    ["a bracketed name", "{{#if record.[{{/if]}}", "12 blocks"],
    ["a bracketed name with the tag's end", "{{#if record.[}}{{/if}}]}}", "closed quotes"],
  ])("%s", (_, piece, reason) => {
    const before = performance.now();
    expect(first(piece.repeat(900))).toContain(reason);
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  it.each([
    ["a string", `{{upper ${'(lower ")" '.repeat(5)}record.a${")".repeat(5)}}}`],
    ["a bracketed name", `{{upper ${"(lower record.[)] ".repeat(5)}record.a${")".repeat(5)}}}`],
  ])("nor does %s end a call", (_, source) => expect(first(source)).toContain("4 calls"));
});
