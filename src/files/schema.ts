import { z } from "zod";
import { ActionReference } from "../model/action-type.ts";
import { FromEnvironment, ModuleName, Pair } from "../model/actions/common.ts";
import { CATALOGUE } from "../model/catalogue.ts";
import { Criterion } from "../model/criterion.ts";
import { KINDS, type Kind } from "../model/definition.ts";
import { Duration } from "../model/duration.ts";
import { Field } from "../model/field.ts";
import { fileForms } from "./file-form.ts";

/** What stands once under `definitions`. A registry of its own: ids in zod's global one would become components of the OpenAPI document. */
const SHARED = z
  .registry<{ id: string }>()
  .add(ActionReference, { id: "ActionReference" })
  .add(Criterion, { id: "Criterion" })
  .add(Duration, { id: "Duration" })
  .add(Field, { id: "Field" })
  .add(FromEnvironment, { id: "FromEnvironment" })
  .add(Pair, { id: "Pair" });

/**
 * The JSON Schema (draft 7, which editors read best) of one document of a rule file, made from the schemas of the model. What JSON Schema
 * cannot say (a time zone's name, one key or the other) is left to `rulewright validate`.
 */
export function ruleFileSchema(): object {
  const forms = (Object.keys(KINDS) as Kind[]).flatMap(titledForms); // `keys` knows no key types
  const { $schema, anyOf, definitions } = z.toJSONSchema(z.union(forms), {
    target: "draft-07",
    io: "input",
    metadata: SHARED,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => describe(zodSchema, jsonSchema),
  });
  return {
    $schema,
    $id: "urn:rulewright:rule-file",
    title: "Rulewright rule file",
    description: "One document of a rule file; its kind says what it is.",
    anyOf,
    definitions,
  };
}

function titledForms(kind: Kind): readonly z.ZodType[] {
  return fileForms(kind).map((form) => form.meta({ title: kind, description: KINDS[kind].description }));
}

function describe(schema: z.core.$ZodType, json: z.core.JSONSchema.BaseSchema): void {
  const { id: _, ...meta } = z.globalRegistry.get(schema) ?? {};
  Object.assign(json, meta);
  if (schema === ModuleName) json.examples = CATALOGUE.flatMap(({ name, aliases }) => [name, ...aliases]);
  // zod spells dates and addresses out as regular expressions; an editor would show them instead of "not an e-mail address".
  if (json.format !== undefined) delete json.pattern;
}
