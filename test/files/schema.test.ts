import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { fileForms } from "../../src/files/file-form.ts";
import { EXAMPLES } from "../../src/files/reference/examples.ts";
import { ruleFileSchema } from "../../src/files/schema.ts";
import { KINDS, type Kind } from "../../src/model/definition.ts";
import { isJsonObject, type JsonObject } from "../../src/model/json.ts";
import { CONTRACT_EXAMPLE } from "./contract-example.ts";
import { documentsIn, refusals, SCHEMA, TEXT } from "./json-schema.ts";

describe("rulewright.schema.json", () => {
  it("is what the schemas say now", () => {
    expect(TEXT, "run `npm run schema`").toBe(`${JSON.stringify(ruleFileSchema(), null, 2)}\n`);
  });

  it("is the same however often it is made", () => {
    expect(JSON.stringify(ruleFileSchema())).toBe(JSON.stringify(ruleFileSchema()));
  });

  it("is JSON Schema draft 7 with a title", () => {
    expect(SCHEMA).toMatchObject({ $schema: "http://json-schema.org/draft-07/schema#", title: "Rulewright rule file" });
    expect(new Ajv().validateSchema(SCHEMA)).toBe(true);
    expect(Object.keys(SCHEMA)).toEqual(["$schema", "$id", "title", "description", "anyOf", "definitions"]);
  });

  it("ships with the package", () => {
    const { files, exports } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(files).toContain("rulewright.schema.json");
    expect(exports["./rulewright.schema.json"]).toBe("./rulewright.schema.json");
  });
});

describe("what an editor needs", () => {
  const objects = nodes(SCHEMA).filter((node) => isJsonObject(node["properties"] ?? null));
  const forms = nodes(SCHEMA).filter((node) => typeof node["title"] === "string" && node !== SCHEMA);

  it("every kind is told by `kind`, which has to be there", () => {
    const kinds = (Object.keys(KINDS) as Kind[]).flatMap((kind) => fileForms(kind).map(() => kind)); // `keys` knows no key types
    expect(forms.map(({ title }) => title)).toEqual(kinds);
    expect(forms).toEqual(
      kinds.map((kind) =>
        expect.objectContaining({
          properties: expect.objectContaining({ kind: expect.objectContaining({ const: kind }) }),
          required: expect.arrayContaining(["kind"]),
        }),
      ),
    );
  });

  it("every key has a description, a sentence of its own", () => {
    const keys = objects.flatMap(({ properties }) => (isJsonObject(properties ?? null) ? Object.entries(Object(properties)) : []));
    const bad = keys.filter(([, key]) => !/^[^ ].*\.$/.test(Object(key).description ?? ""));
    expect(keys.length).toBeGreaterThan(150);
    expect(bad).toEqual([]);
  });

  it("every mapping says its keys, and refuses others", () => {
    expect(objects.filter((node) => node["additionalProperties"] !== false)).toEqual([]);
  });

  it("keys stand in the order of the model's schemas", () => {
    const rule = forms.find(({ title }) => title === "WorkflowRule");
    expect(Object.keys(Object(rule?.["properties"]))).toEqual(["kind", ...Object.keys(KINDS.WorkflowRule.shape)]);
  });

  it("modules and event types are offered, and others stay allowed", () => {
    const rule = Object(forms.find(({ title }) => title === "WorkflowRule")).properties;
    expect(rule.module.examples).toEqual(expect.arrayContaining(["quotes", "estimates", "invoices"]));
    expect(rule.trigger.oneOf[0].properties.on.items.examples).toContain("created");
    expect(refusals({ ...document("WorkflowRule"), module: "projects_of_mine", trigger: { type: "event", on: ["handed_over"] } })).toEqual(
      [],
    );
  });

  it("nothing stands beside a reference, where draft 7 ignores it", () => {
    const references = nodes(SCHEMA).filter((node) => "$ref" in node);
    expect(references.length).toBeGreaterThan(20);
    expect(references.filter((node) => Object.keys(node).length > 1)).toEqual([]);
  });

  it("uses only what editors read", () => {
    const known = new Set(
      "$schema $id $ref title description definitions anyOf oneOf allOf type properties required additionalProperties items const enum default examples".split(
        " ",
      ),
    );
    const bounds = /^(min|max)(imum|Length|Items)$|^pattern$|^format$/;
    const words = new Set(nodes(SCHEMA).flatMap((node) => Object.keys(node)));
    expect([...words].filter((word) => !known.has(word) && !bounds.test(word))).toEqual([]);
  });
});

/** The sub-schemas of a schema, itself included. */
function nodes(schema: JsonObject): readonly JsonObject[] {
  const below = Object.entries(schema).flatMap(([word, value]): readonly JsonObject[] => {
    if (word === "default" || word === "const" || word === "examples" || word === "enum") return [];
    if ((word === "properties" || word === "definitions") && isJsonObject(value)) return Object.values(value).filter(isJsonObject);
    return (Array.isArray(value) ? value : [value]).filter(isJsonObject);
  });
  return [schema, ...below.flatMap(nodes)];
}

function document(kind: Kind): JsonObject {
  const [first = null] = documentsIn(EXAMPLES[kind]);
  return isJsonObject(first) ? first : {};
}

describe("valid documents", () => {
  it.each(readdirSync("rules"))("rules/%s", (name) => {
    expect(
      documentsIn(readFileSync(`rules/${name}`, "utf8"))
        .map(refusals)
        .flat(),
    ).toEqual([]);
  });

  it("the long example of the contract, of every kind", () => {
    const documents = documentsIn(CONTRACT_EXAMPLE);
    expect(documents.flatMap(refusals)).toEqual([]);
    expect(new Set(documents.map((each) => Object(each).kind))).toEqual(new Set(Object.keys(KINDS)));
  });

  it.each(Object.keys(KINDS) as Kind[])("the reference's %s", (kind) => {
    expect(refusals(document(kind))).toEqual([]);
  });
});
