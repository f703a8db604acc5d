import type { Issue } from "../../model/errors.ts";
import { EVENT_TYPES } from "../../model/event.ts";
import type { Field } from "../../model/field.ts";
import type { Module, ModuleDocument, Modules } from "../../model/module.ts";
import type { Organization } from "../../model/organization.ts";
import { unknownName } from "../../model/unknown-name.ts";

/** What is wrong with a module beyond its schema: names that stand twice or mean something already, lookups that lead nowhere. */
export function checkModule({ name, fields, triggers }: ModuleDocument, modules: Modules): readonly Issue[] {
  const module = modules.get(name);
  return [
    ...checkFields(fields, modules, "fields"),
    ...twice(triggers, "triggers", "trigger"),
    ...triggers.flatMap((trigger, index) =>
      EVENT_TYPES.some((type) => type === trigger)
        ? [{ path: `triggers.${index}`, message: `expected a trigger of your own, but ${trigger} is an event of every module` }]
        : [],
    ),
    ...(module ? checkSingular(module, modules) : []),
  ];
}

function checkFields(fields: readonly Field[], modules: Modules, path: string): readonly Issue[] {
  return [
    ...twice(
      fields.map(({ name }) => name),
      path,
      "field",
      ".name",
    ),
    ...fields.flatMap(({ type, module, fields: inner = [] }, index) => [
      ...(type === "lookup" && module !== undefined && !modules.has(module)
        ? [unknownName(`${path}.${index}.module`, "module", module, [...modules.keys()])]
        : []),
      ...checkFields(inner, modules, `${path}.${index}.fields`),
    ]),
  ];
}

/** The singular keys payloads and placeholders, so that two modules with one would be mistaken for each other. */
function checkSingular({ name, singular }: Module, modules: Modules): readonly Issue[] {
  const other = [...modules.values()].find((each) => each.name !== name && each.singular === singular);
  if (!other) return [];
  return [
    { path: "singular", message: `expected a singular that no other module has, but ${other.name} has "${singular}"`, hint: "give one" },
  ];
}

/** What is wrong with an organization beyond its schema. */
export function checkOrganization({ users }: Organization): readonly Issue[] {
  return twice(
    users.map(({ id }) => id),
    "users",
    "user",
    ".id",
  );
}

function twice(names: readonly string[], path: string, what: string, below = ""): readonly Issue[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index ? [] : [{ path: `${path}.${index}${below}`, message: `the ${what} "${name}" stands twice` }],
  );
}
