import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import ajvFormats from "ajv-formats";
import { parseAllDocuments } from "yaml";
import type { Json, JsonObject } from "../../src/model/json.ts";

/** The committed JSON Schema of rule files. */
export const TEXT = readFileSync("rulewright.schema.json", "utf8");
export const SCHEMA: JsonObject = JSON.parse(TEXT);

const ajv = new Ajv({ strict: true, allowUnionTypes: true });
ajvFormats.default(ajv);
const validate = ajv.compile(SCHEMA);

export function documentsIn(text: string): readonly Json[] {
  return parseAllDocuments(text).map((document): Json => document.toJS());
}

/** What the schema says against a document; empty where it is valid. */
export function refusals(document: Json): readonly string[] {
  return validate(document) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
