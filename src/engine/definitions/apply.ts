import { isDeepStrictEqual } from "node:util";
import { toConditions } from "../../criteria/conditions.ts";
import { moduleOf, type DefinitionEntry, type Document, type Generation } from "../../model/definition.ts";
import { resolveModules, type Modules } from "../../model/module.ts";
import { CATALOGUE } from "../../model/catalogue.ts";
import type { Json } from "../../model/json.ts";
import type { StoredVersion } from "../../store/definitions.ts";
import type { Store } from "../../store/store.ts";
import { newId } from "../ids.ts";
import type { Definitions } from "./definitions.ts";
import { EMPTY_GENERATION } from "./snapshot.ts";
import type { Sealing } from "./sealing.ts";

export type ApplyDeps = { readonly store: Store; readonly definitions: Definitions; readonly sealing: Sealing; now(): number };

export type Applied = { readonly generation: number; readonly added: number; readonly changed: number; readonly removed: number };

/**
 * Makes a folder's documents the definitions that files manage, as one unit: new and changed ones become new versions, missing ones
 * are removed (their pending runs stay with the version that planned them), the rest keeps its id and version. The documents are checked already.
 */
export async function applyFiles(deps: ApplyDeps, organization: string, documents: readonly Document[]): Promise<Applied> {
  for (;;) {
    const before = (await deps.store.definitions.current(organization)) ?? EMPTY_GENERATION;
    const versions = await deps.store.definitions.versions(organization, before.entries);
    const next = nextGeneration(deps, before, versions, documents);
    if (next.isSame) {
      await deps.definitions.refresh(organization);
      return { generation: before.number, added: 0, changed: 0, removed: 0 };
    }
    if (!(await deps.store.definitions.swap(organization, next.generation, next.versions))) continue;
    await deps.definitions.refresh(organization);
    return { generation: next.generation.number, added: next.added, changed: next.changed, removed: next.removed };
  }
}

function nextGeneration(
  { sealing, now }: ApplyDeps,
  before: Generation,
  versions: readonly StoredVersion[],
  documents: readonly Document[],
) {
  const at = now();
  const modules = resolveModules(
    CATALOGUE,
    documents.flatMap((one) => (one.kind === "Module" ? [one.document] : [])),
  );
  const known = new Map(before.entries.map((entry) => [keyOf(entry.kind, entry.module, entry.name), entry]));
  const stored = new Map(versions.map((version) => [`${version.id} ${version.version}`, version]));
  const made: StoredVersion[] = [];
  const kept = new Set<string>();
  const counts = { added: 0, changed: 0, removed: 0 };

  const entries = documents.map((one, index): DefinitionEntry => {
    const { kind, document } = canonical(one, modules);
    const module = moduleOf({ kind, document } as Document);
    const name = kind === "Organization" ? "organization" : document.name;
    const old = known.get(keyOf(kind, module, name));
    if (old) kept.add(old.id);
    const current = old && stored.get(`${old.id} ${old.version}`);
    const conditions = conditionsOf({ kind, document } as Document, modules);
    // The type of a field is part of a rule's conditions, so a module's document may change a rule.
    const same =
      old && current && !old.removed && sealing.equal(current.document, document) && isDeepStrictEqual(current.conditions, conditions);
    const active = kind === "WorkflowRule" ? document.active : true;
    // Stopped or started by hand holds until the document changes.
    if (same) return { ...old, order: index };
    const version = (old?.version ?? 0) + 1;
    const id = old?.id ?? newId(PREFIXES[kind], at);
    if (!old) counts.added += 1;
    else counts.changed += 1;
    made.push({
      id,
      version,
      kind,
      document: sealing.seal(document),
      conditions,
      createdAt: at,
    });
    return {
      id,
      kind,
      module,
      name,
      version,
      active,
      removed: false,
      managedBy: "file",
      order: index,
      createdAt: old?.createdAt ?? at,
      updatedAt: at,
    };
  });
  const gone = before.entries
    .filter((entry) => !kept.has(entry.id))
    .map((entry): DefinitionEntry => {
      if (entry.removed || entry.managedBy !== "file") return entry;
      counts.removed += 1;
      return { ...entry, removed: true, active: false, updatedAt: at };
    });
  const next = [...entries, ...gone];
  // Also the order in which rules run is part of what is defined.
  const isSame = isDeepStrictEqual(next, before.entries);
  return { generation: { number: before.number + 1, entries: next }, versions: made, isSame, ...counts };
}

const PREFIXES = {
  Organization: "org",
  Module: "mod",
  EmailTemplate: "tpl",
  EmailAlert: "eml",
  InAppNotification: "ian",
  FieldUpdate: "fup",
  Webhook: "whk",
  CustomFunction: "fun",
  WorkflowRule: "rul",
} as const satisfies Record<Document["kind"], string>;

function keyOf(kind: string, module: string | null, name: string): string {
  return `${kind}\n${module ?? ""}\n${name}`;
}

/** The module by its own name, so that `estimates` and `quotes` are one. */
function canonical(one: Document, modules: Modules): Document {
  if (!("module" in one.document)) return one;
  const module = modules.get(one.document.module)?.name ?? one.document.module;
  // Only the name of the module changes, so the document stays of its kind.
  return { kind: one.kind, document: { ...one.document, module } } as Document;
}

function conditionsOf(one: Document, modules: Modules): Json {
  if (one.kind !== "WorkflowRule") return null;
  const module = modules.get(one.document.module);
  if (!module) throw new Error(`module ${one.document.module} of rule ${one.document.name} was checked and is gone`);
  // As they look once stored: json-rules-engine's conditions are JSON, its types are only wider.
  return JSON.parse(JSON.stringify(one.document.conditions.map((condition) => toConditions(condition, module)))) as Json;
}
