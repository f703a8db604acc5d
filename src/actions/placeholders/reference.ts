import type { CustomField } from "../../criteria/fields.ts";
import { createRead, type Read } from "../../criteria/read.ts";
import type { Field, FieldType } from "../../model/field.ts";
import type { Module, Modules } from "../../model/module.ts";
import { nearest } from "../../model/nearest.ts";
import { entitiesOf, type Entity } from "./entities.ts";

/** What a placeholder stands for. `type` is the field's declared one; null where it has none. */
export type Reference =
  | { readonly source: "payload" }
  | {
      readonly source: Entity["source"];
      readonly read: Read;
      readonly type: FieldType | null;
    };

/** Why a name means nothing, and what was probably meant. */
export type Unresolved = { readonly message: string; readonly hint?: string };

export type Resolved = { readonly ok: true; readonly reference: Reference } | ({ readonly ok: false } & Unresolved);

/** Finds what `INVOICE.INVOICE_TOTAL` or `JSONString` (the text between `${` and `}`) means in a module; case does not matter. */
export function resolve(name: string, module: Module, modules: Modules): Resolved {
  if (name.toLowerCase() === "jsonstring") return { ok: true, reference: { source: "payload" } };
  const entities = entitiesOf(module, modules);
  const [head = "", ...rest] = name.split(".");
  const entity = entities.find(({ names }) => names.includes(head.trim().toLowerCase()));
  if (!entity) return unknownEntity(name, head, rest, module, entities);
  const path = rest.map((segment) => segment.trim());
  if (path.length === 0 || path.includes("")) return unresolved(name, `expected a field, as in \${${entity.label}.${example(entity)}}`);
  return resolveField(name, entity, path);
}

function resolveField(name: string, entity: Entity, path: readonly string[]): Resolved {
  const [first = "", ...rest] = path;
  const key = first.toLowerCase();
  if (key === "custom_fields" && rest.length > 0) return labelled(entity, rest.join("."));
  const bare = entity.names.flatMap((prefix) => (key.startsWith(`${prefix}_`) ? [key.slice(prefix.length + 1)] : []));
  for (const candidate of [key, ...bare]) {
    const field = entity.fields.find((each) => each.name.toLowerCase() === candidate);
    if (field) return below(name, entity, field, rest);
  }
  // Custom fields come and go in the host's system without being declared here.
  const custom = [key, ...bare].find((candidate) => candidate.startsWith("cf_"));
  if (custom !== undefined && (entity.source === "record" || entity.source === "contact"))
    return found(entity, [custom, ...rest], rest.length === 0 ? { name: custom } : null, null);
  const near =
    nearest(
      key,
      entity.fields.map((field) => field.name),
    ) ??
    nearest(
      bare[0] ?? key,
      entity.fields.map((field) => field.name),
    );
  return unresolved(
    name,
    `${entity.label} has no field "${first}"`,
    near === null ? undefined : `\${${entity.label}.${near.toUpperCase()}}`,
  );
}

/** The rest of a path, inside an object field; one without declared fields may hold anything. */
function below(name: string, entity: Entity, field: Field, rest: readonly string[]): Resolved {
  const path = [field.name];
  let current: Field | null = field;
  for (const segment of rest) {
    if (current && current.type !== "object")
      return unresolved(name, `"${path.join(".")}" is of type ${current.type} and has no fields of its own`);
    const known: readonly Field[] | undefined = current?.fields;
    const inner: Field | undefined = known?.find((each) => each.name.toLowerCase() === segment.toLowerCase());
    if (known && !inner) {
      const near = nearest(
        segment,
        known.map((each) => each.name),
      );
      return unresolved(
        name,
        `"${path.join(".")}" has no field "${segment}"`,
        near === null ? undefined : `\${${[entity.label, ...path, near].join(".").toUpperCase()}}`,
      );
    }
    path.push(inner?.name ?? segment.toLowerCase());
    current = inner ?? null;
  }
  return found(entity, path, path.length === 1 && field.name.startsWith("cf_") ? customField(field) : null, current?.type ?? null);
}

/** `custom_fields.Quote Number`, by label or api name. */
function labelled(entity: Entity, name: string): Resolved {
  const label = name.toLowerCase();
  const declared = entity.fields.find(
    (field) => field.name.startsWith("cf_") && (field.name === label || field.label?.toLowerCase() === label),
  );
  return found(entity, ["custom_fields", name], declared ? customField(declared) : null, declared?.type ?? null);
}

function customField({ name, label }: Field): CustomField {
  return label === undefined ? { name } : { name, label };
}

function found(entity: Entity, path: readonly string[], custom: CustomField | null, type: FieldType | null): Resolved {
  return { ok: true, reference: { source: entity.source, read: createRead(path.join("."), custom), type } };
}

function unknownEntity(name: string, head: string, rest: readonly string[], module: Module, entities: readonly Entity[]): Resolved {
  if (/^(contact|customer)s?$/i.test(head)) return unresolved(name, `the module ${module.name} has no lookup to contacts`);
  const labels = entities.map(({ label }) => label);
  const near = nearest(head, [...labels, "JSONString"]);
  const meant = near === "JSONString" ? "${JSONString}" : near === null ? undefined : `\${${[near, ...rest].join(".")}}`;
  return unresolved(name, `expected ${labels.join(", ")} with a field, or JSONString`, meant);
}

function unresolved(name: string, why: string, meant?: string): Resolved {
  return {
    ok: false,
    message: `unknown placeholder \${${name}}: ${why}`,
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  };
}

function example({ fields }: Entity): string {
  return (fields[0]?.name ?? "name").toUpperCase();
}
