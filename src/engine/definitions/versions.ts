import { toConditions } from "../../criteria/conditions.ts";
import type { DefinitionEntry, Document } from "../../model/definition.ts";
import type { Json } from "../../model/json.ts";
import type { Modules } from "../../model/module.ts";
import type { StoredVersion } from "../../store/definitions.ts";
import { newId } from "../ids.ts";
import { isDeepStrictEqual } from "node:util";
import { moduleOf } from "../../model/definition.ts";
import { nameOf, PREFIXES } from "./identity.ts";
import type { Sealing } from "./sealing.ts";
import type { Defined } from "./snapshot.ts";

/** A definition as it will be, and the version to write for it; null where it says what is stored already. */
export type Saved = { readonly defined: Defined; readonly version: StoredVersion | null };

export type Saving = { readonly sealing: Sealing; readonly modules: Modules; readonly managedBy: "file" | "api"; readonly at: number };

/** The next version of `old` (null: a new definition), or `old` itself where the document is the same. */
export function save(one: Document, old: Defined | null, { sealing, modules, managedBy, at }: Saving): Saved {
  const conditions = conditionsOf(one, modules);
  // The type of a field is part of a rule's conditions, so a module's document may change a rule.
  const isSameDocument = old !== null && !old.entry.removed && sealing.equal(old.document, one.document);
  if (isSameDocument && isDeepStrictEqual(old.conditions, conditions ?? [])) return { defined: old, version: null };
  const version: StoredVersion = {
    id: old?.entry.id ?? newId(PREFIXES[one.kind], at),
    version: (old?.entry.version ?? 0) + 1,
    kind: one.kind,
    document: sealing.seal(one.document),
    conditions,
    createdAt: at,
  };
  const entry: DefinitionEntry = {
    ...(old?.entry ?? { createdAt: at, order: 0 }),
    id: version.id,
    kind: one.kind,
    module: moduleOf(one),
    name: nameOf(one),
    version: version.version,
    // Stopped or started by hand holds until the document changes.
    active: isSameDocument ? old.entry.active : "active" in one.document ? one.document.active : true,
    ...(old && old.entry.name !== nameOf(one) ? { formerly: [...(old.entry.formerly ?? []), old.entry.name] } : {}),
    removed: false,
    managedBy,
    updatedAt: at,
  };
  // The version was made of this document and its kind.
  return { defined: { kind: one.kind, document: version.document, entry, conditions: version.conditions ?? [] } as Defined, version };
}

/** Rules whose conditions are others now, because the type of a field is part of them; the rest come as they are. */
export function saveAnew(definitions: readonly Defined[], saving: Omit<Saving, "managedBy">): readonly Saved[] {
  return definitions
    .filter(({ kind }) => kind === "WorkflowRule")
    .map((rule) => save(rule, rule, { ...saving, managedBy: rule.entry.managedBy }));
}

function conditionsOf(one: Document, modules: Modules): Json {
  if (one.kind !== "WorkflowRule") return null;
  const module = modules.get(one.document.module);
  if (!module) throw new Error(`module ${one.document.module} of rule ${one.document.name} was checked and is gone`);
  // As they look once stored: json-rules-engine's conditions are JSON, its types are only wider.
  return JSON.parse(JSON.stringify(one.document.conditions.map((condition) => toConditions(condition, module)))) as Json;
}
