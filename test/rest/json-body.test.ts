import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RulewrightError } from "../../src/model/errors.ts";
import { parseJsonBody } from "../../src/rest/json-body.ts";

function refusal(body: string | Buffer): RulewrightError {
  try {
    parseJsonBody(Buffer.from(body));
  } catch (error) {
    if (error instanceof RulewrightError) return error;
    throw error;
  }
  throw new Error(`taken: ${body.toString().slice(0, 100)}`);
}

/** The value as text, or the code of the error. */
function outcome(parse: () => unknown): string {
  try {
    return JSON.stringify(parse());
  } catch (error) {
    return error instanceof RulewrightError ? error.code : String(error);
  }
}

const nested = (depth: number, open: string, close: string) => open.repeat(depth) + "1" + close.repeat(depth);

describe("parseJsonBody", () => {
  it.each([
    ["not UTF-8", Buffer.from([0x22, 0xff, 0x22]), "not valid UTF-8"],
    ["half a character", Buffer.from([0x22, 0xe2, 0x82, 0x22]), "not valid UTF-8"],
    ["not JSON", "{'a': 1}", "not valid JSON"],
    ["cut off", '{"a": [1, 2', "not valid JSON"],
    ["two values", "{} {}", "not valid JSON"],
    ["a trailing comma", '{"a": 1,}', "not valid JSON"],
    ["NaN", '{"a": NaN}', "not valid JSON"],
    ["only spaces", "  ", "not valid JSON"],
    ["a byte order mark", "\ufeff{}", "not valid JSON"],
    ["33 lists", nested(33, "[", "]"), "deeper than 32 levels at position 32"],
    ["33 objects", nested(33, '{"a":', "}"), "deeper than 32 levels"],
    ["100,000 lists", nested(100_000, "[", "]"), "deeper than 32 levels"],
    ["100,000 lists that never close", "[".repeat(100_000), "deeper than 32 levels"],
    ["a number beyond a double", '{"a": [1e400]}', "beyond 1.8e308"],
    ["a number below a double", "-1e400", "beyond 1.8e308"],
    ["a prototype", '{"a": {"__proto__": {"x": 1}}}', '"__proto__"'],
    ["a prototype in escapes", '{"\\u005f_proto__": 1}', '"__proto__"'],
    ["a constructor's prototype", '{"constructor": {"prototype": {}}}', '"constructor"'],
    ["a repeated key", '{"a": 1, "a": 1}', '"a" twice'],
    ["a repeated key in escapes", '{"a": 1, "\\u0061": 2}', '"a" twice'],
    ["a repeated empty key", '{"": 1, "": 2}', '"" twice'],
  ])("refuses %s", (_what, body, message) => {
    expect(refusal(body)).toMatchObject({ code: "malformed_json", message: expect.stringContaining(message) });
  });

  it.each([
    ['{"a": 1, "b": {"a": 2, "c": [{"d": 1}, {"d": 1, "d.e": 2, "d.e": 3}]}}', "b.c.1.d.e"],
    ['[{"x": "a:\\"b\\\\"}, {"y": "{", "z": "}", "y" : 1}]', "1.y"],
    ['{"a":[[],[1,{}],{"k":1,\n"k"\t:2}]}', "a.2.k"],
  ])("says where the repeated key of %s stands", (body, path) => {
    expect(refusal(body).issues).toEqual([{ path, message: "this key stands twice in one object" }]);
  });

  it.each([
    ["32 levels", nested(32, "[", "]")],
    ["a field named constructor", '{"constructor": "Acme Builders"}'],
    ["the same key in two objects", '{"a": {"x": 1}, "b": {"x": 1}}'],
    ["braces and colons in strings", '{"a": "{\\"b\\": [1:2]}\\\\", "c": ":::[[[["}'],
  ])("takes %s", (_what, body) => {
    expect(parseJsonBody(Buffer.from(body))).toEqual(JSON.parse(body));
  });

  it("takes every JSON value as JSON.parse does", () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 6 }).filter((text) => !/__proto__|constructor/.test(text)),
        (text) => {
          expect(parseJsonBody(Buffer.from(text))).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it("finds every repeated key, wherever it stands", () => {
    const key = fc.string({ unit: "grapheme", maxLength: 5 }).filter((name) => name !== "__proto__" && name !== "constructor");
    const value = fc.json({ maxDepth: 2 }).filter((text) => !/__proto__|constructor/.test(text));
    fc.assert(
      fc.property(key, value, value, fc.nat(8), (name, one, two, depth) => {
        const repeated = `{${JSON.stringify(name)}:${one},${JSON.stringify(name)} : ${two}}`;
        const error = refusal(`${'[0,{"in":'.repeat(depth)}${repeated}${"}]".repeat(depth)}`);
        expect(error.message).toBe(`The body has the key "${name}" twice in one object`);
        expect(error.issues[0]?.path).toBe([...Array<string>(depth).fill("1.in"), name].join("."));
      }),
    );
  });

  it("throws nothing but its own error, whatever the bytes", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .string({ unit: fc.constantFrom("{", "}", "[", "]", '"', ":", ",", "\\", "a", "u", "0", "1", "-", "e", " "), maxLength: 40 })
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        const text = Buffer.from(given).toString();
        const [ours, theirs] = [outcome(() => parseJsonBody(Buffer.from(given))), outcome(() => JSON.parse(text))];
        expect(["malformed_json", theirs]).toContain(ours);
      }),
      { numRuns: 2000 },
    );
  });
});
