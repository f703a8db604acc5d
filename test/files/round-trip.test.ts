import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { checkDocument } from "../../src/files/check-document.ts";
import { locate, type Located } from "../../src/files/located.ts";
import { find } from "../../src/model/written.ts";
import { parseYaml } from "../../src/files/parse-yaml.ts";
import { COMPARATORS } from "../../src/model/criterion.ts";
import { Name } from "../../src/model/actions/common.ts";
import { KINDS, type Kind } from "../../src/model/definition.ts";

const text = fc.string({ unit: "grapheme", maxLength: 40 });
const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => Name.safeParse(text).success);
const scalar = fc.oneof(
  text,
  fc.integer(),
  // JSON has no -0: `JSON.stringify` writes 0 for it.
  fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e15, min: -1e15 }).map((number) => (number === 0 ? 0 : number)),
  fc.boolean(),
  fc.constant(null),
);
const criterion = fc.record({
  field: name,
  comparator: fc.constantFrom(...COMPARATORS),
  value: fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })),
});
const action = fc.record({ type: fc.constantFrom("emailAlert", "webhook", "fieldUpdate"), name });
const pair = fc.record({ name, value: text });

/** Valid documents of several shapes, with text that YAML would love to read as something else. */
const document: fc.Arbitrary<readonly [Kind, Record<string, unknown>]> = fc.oneof(
  fc.record({ name, module: name, field: name, value: fc.oneof(text, fc.boolean()) }).map((value) => ["FieldUpdate", value] as const),
  fc
    .record({
      name,
      module: name,
      url: name,
      headers: fc.array(pair, { maxLength: 3 }),
      body: fc.record({ type: fc.constant("raw"), content: text }),
    })
    .map((value) => ["Webhook", value] as const),
  fc
    .record({
      name: text.map((each) => `n${each}`),
      address: fc.dictionary(
        name.filter((key) => key !== "__proto__"),
        scalar,
      ),
    })
    .map((value) => ["Organization", value] as const),
  fc
    .record({
      name,
      module: name,
      trigger: fc.record({ type: fc.constant("event"), on: fc.array(name, { minLength: 1, maxLength: 3 }) }),
      conditions: fc.array(
        fc.record({ criteria: fc.array(criterion, { maxLength: 3 }), immediateActions: fc.array(action, { maxLength: 2 }) }),
        { minLength: 1, maxLength: 3 },
      ),
    })
    .map((value) => ["WorkflowRule", value] as const),
);

/** How a document may be written. */
const write = fc.constantFrom<(value: unknown) => string>(
  (value) => stringify(value),
  (value) => stringify(value, { collectionStyle: "flow" }),
  (value) => stringify(value, { defaultStringType: "QUOTE_DOUBLE", indent: 4 }),
  (value) => stringify(value, { defaultStringType: "QUOTE_SINGLE", indentSeq: false }),
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, null, "\t"),
);

describe("any valid document", () => {
  it("is read as it was written", async () => {
    await fc.assert(
      fc.asyncProperty(document, write, async ([kind, value], written) => {
        const parsed = parseYaml(written({ kind, ...value }));
        expect(parsed.map((each) => each.problems)).toEqual([[]]);
        const checked = parsed[0]?.root ? await checkDocument(parsed[0].root, "a.yaml") : null;
        expect(checked).toEqual({ document: { kind, document: KINDS[kind].parse(value) }, problems: [], included: [] });
      }),
      { numRuns: 300 },
    );
  });

  it("has each of its scalars where `locate` says", () => {
    fc.assert(
      fc.property(document, ([kind, value]) => {
        const source = JSON.stringify({ kind, ...value }, null, 2);
        const root = parseYaml(source)[0]?.root;
        if (!root) throw new Error("nothing was read");
        for (const path of leaves(root)) {
          const { line, column } = find(root, path)?.place ?? { line: 0, column: 0 };
          const rest = source.split("\n")[line - 1]?.slice(column - 1) ?? "";
          expect(rest.startsWith(JSON.stringify(find(root, path)?.value))).toBe(true);
        }
      }),
    );
  });
});

describe("any text at all", () => {
  it("gives documents or problems inside it, never an exception", async () => {
    const noise = fc.array(
      fc.constantFrom(
        "kind",
        ": ",
        "- ",
        "\n",
        "  ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&a ",
        "*a",
        "!t ",
        '"',
        "'",
        "|",
        ">",
        "#",
        "---\n",
        "? ",
        "\t",
        "x",
        "Webhook",
        "%",
        "\r\n",
        "<<",
      ),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(
        noise.map((parts) => parts.join("")),
        async (source) => {
          const lines = source.split("\n").length;
          for (const { root, problems } of parseYaml(source)) {
            const all = root ? [...problems, ...(await checkDocument(root, "a.yaml")).problems] : problems;
            expect(all.length).toBeGreaterThan(0);
            for (const { line, column } of all) {
              expect(line).toBeGreaterThan(0);
              expect(line).toBeLessThanOrEqual(lines);
              expect(column).toBeGreaterThan(0);
            }
            expect(root ? locate(root, "conditions.0.pattern").line : 1).toBeLessThanOrEqual(lines);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function leaves(node: Located): readonly (readonly string[])[] {
  if (typeof node.value !== "object" || node.value === null) return [[]];
  return [...node.children].flatMap(([key, child]) => leaves(child.node).map((path) => [key, ...path]));
}
