import type { EventTrigger } from "../model/rule.ts";
import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { RuleSet } from "./rule-set.ts";

/** Does an edit change what a trigger's field list asks for? Values that are equal by type are unchanged (contract, section 6). */
export function fieldsMatch(
  set: RuleSet,
  { match, names }: NonNullable<EventTrigger["fields"]>,
  record: JsonObject,
  previous: JsonObject | null,
): boolean {
  switch (match) {
    case "any":
      return names.some((name) => set.changed(name, record, previous));
    case "all":
      return names.every((name) => set.changed(name, record, previous));
    case "except":
      return othersChanged(set, names, record, previous ?? {});
  }
}

/** Did any field change that is not named? What is named is taken out of both records first, so that a path takes out no more than it names. */
function othersChanged(set: RuleSet, names: readonly string[], record: JsonObject, previous: JsonObject): boolean {
  const [now, before] = [record, previous].map((each) => names.reduce((left, name) => withoutField(set, left, name), each));
  if (!now || !before) return false;
  return [...new Set([...Object.keys(now), ...Object.keys(before)])].some((key) => set.changed(key, now, before));
}

function withoutField(set: RuleSet, record: JsonObject, name: string): JsonObject {
  const left = without(record, name.split("."));
  // A declared custom field may stand in the list of custom fields under its name or its label.
  const field = set.module.fields.find((each) => each.name === name);
  const keys = [name, field?.label].filter((key) => key !== undefined);
  const rest = keys.reduce<Json>((list, key) => without(list, [key]), left["custom_fields"] ?? null);
  return isJsonObject(left) && Array.isArray(left["custom_fields"]) ? { ...left, custom_fields: rest } : left;
}

function without<J extends Json>(node: J, path: readonly string[]): J;
function without(node: Json, [key = "", ...rest]: readonly string[]): Json {
  if (Array.isArray(node)) {
    // `line_items.*.rate` goes through every element; `custom_fields.Quote Number` names one by its label.
    if (key === "*") return node.map((element: Json) => without(element, rest));
    return node.filter((element: Json) => !isJsonObject(element) || !isNamed(element, key));
  }
  if (!isJsonObject(node) || !Object.hasOwn(node, key)) return node;
  const { [key]: inner, ...others } = node;
  return rest.length === 0 ? others : { ...others, [key]: without(inner ?? null, rest) };
}

function isNamed(customField: JsonObject, name: string): boolean {
  return [customField["label"], customField["api_name"]].some(
    (known) => typeof known === "string" && known.toLowerCase() === name.toLowerCase(),
  );
}
