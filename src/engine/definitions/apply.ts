import type { DefinitionEntry, Document } from "../../model/definition.ts";
import type { Issue } from "../../model/errors.ts";
import { changeDefinitions, type Change, type ChangeDeps } from "./change.ts";
import { checkDefinitions, type Checks, type SetIssue } from "./check.ts";
import { canonical, isSetting, keyOf, nameOf, titleOf, uniqueKeyOf } from "./identity.ts";
import { withPlaces } from "./order.ts";
import { moduleOf } from "../../model/definition.ts";
import { modulesOf } from "./modules-of.ts";
import { readState, type DefinitionState } from "./state.ts";
import { save, saveAnew } from "./versions.ts";
import type { Defined } from "./snapshot.ts";

export type Applied = { readonly added: number; readonly changed: number; readonly removed: number };

/** An issue of a document of the folder, or (`index` null) of the folder as a whole: what was made by REST and would not fit it. */
export type FolderIssue = Issue & { readonly index: number | null };

/**
 * Makes a folder's documents the definitions that files manage, as one unit: new and changed ones become new versions, missing ones
 * are removed (their pending runs stay with the version that planned them), the rest keeps its id and version. Nothing is applied where
 * there are issues: the documents are checked together with what was made by REST.
 */
export async function applyFiles(
  deps: ChangeDeps,
  organization: string,
  documents: readonly Document[],
): Promise<{ readonly applied: Applied; readonly issues: null } | { readonly applied: null; readonly issues: readonly FolderIssue[] }> {
  return changeDefinitions<Awaited<ReturnType<typeof applyFiles>>>(deps, organization, (state) => {
    const issues = checkFolder(state, documents, deps.checks);
    if (issues.length > 0) return { entries: state.generation.entries, versions: [], answer: { applied: null, issues } };
    const { answer, ...change } = planFolder(deps, state, documents);
    return { ...change, answer: { applied: answer, issues: null } };
  });
}

/** What applying a folder would say of it, without applying it. */
export async function checkFiles(
  { store, definitions, checks }: Pick<ChangeDeps, "store" | "definitions" | "checks">,
  organization: string,
  documents: readonly Document[],
): Promise<readonly FolderIssue[]> {
  return checkFolder(await readState(store, organization, definitions.current(organization).all), documents, checks);
}

function checkFolder(state: DefinitionState, documents: readonly Document[], checks: Checks): readonly FolderIssue[] {
  const made = madeByRest(state, documents);
  const names = new Map(made.map(({ kind, entry }) => [uniqueKeyOf(kind, entry.module, entry.name), entry]));
  const modules = modulesOf([...documents, ...made]);
  const taken = documents.flatMap((one, index): readonly FolderIssue[] => {
    const { kind } = one;
    const other = names.get(uniqueKeyOf(kind, moduleOf(canonical(one, modules)), nameOf(one)));
    if (!other) return [];
    const message = `${titleOf(kind, nameOf(one))} was made by REST (${other.id}) and cannot come from a file as well`;
    return [{ index, path: kind === "Organization" ? "" : "name", message, hint: "delete it there, or give this one another name" }];
  });
  if (taken.length > 0) return taken;
  // What was wrong with a rule made by REST before is not this folder's doing.
  const before = new Set(checkDefinitions(state.live, checks).map((issue) => toldOf(state.live[issue.index], issue)));
  return checkDefinitions([...documents, ...made], checks).flatMap((issue): readonly FolderIssue[] => {
    if (issue.index < documents.length) return [issue];
    const broken = made[issue.index - documents.length];
    const told = toldOf(broken, issue);
    if (!broken || before.has(told)) return [];
    const message = `these files would break ${told} (${broken.entry.id}, made by REST)`;
    return [
      {
        index: null,
        path: "",
        message,
        hint: "put back what it needs; or start without these files, change it by REST, and apply them again",
      },
    ];
  });
}

/** What stays REST's when these documents are applied. */
function madeByRest(state: DefinitionState, documents: readonly Document[]): readonly Defined[] {
  const inFiles = new Set(documents.map((one) => canonical(one, state.modules)).map((one) => keyOf(one.kind, moduleOf(one), nameOf(one))));
  return state.live.filter(
    ({ kind, entry }) => entry.managedBy === "api" && !(isSetting(kind) && inFiles.has(keyOf(kind, entry.module, entry.name))),
  );
}

function toldOf(one: Defined | undefined, { path, message }: SetIssue): string {
  return `${one ? titleOf(one.kind, one.entry.name) : ""}${path === "" ? "" : ` at ${path}`}: ${message}`;
}

function planFolder({ sealing, now }: ChangeDeps, state: DefinitionState, documents: readonly Document[]): Change<Applied> {
  const at = now();
  const made = madeByRest(state, documents);
  const modules = modulesOf([...documents, ...made]);
  const known = new Map(
    state.all
      .filter(({ kind, entry }) => entry.managedBy === "file" || (isSetting(kind) && !entry.removed))
      .map((one) => [keyOf(one.kind, one.entry.module, one.entry.name), one] as const),
  );
  const counts = { added: 0, changed: 0, removed: 0 };
  const saved = documents.map((document) => {
    const one = canonical(document, modules);
    const old = known.get(keyOf(one.kind, moduleOf(one), nameOf(one))) ?? null;
    const next = save(one, old, { sealing, modules, managedBy: "file", at });
    if (next.version !== null) counts[old === null ? "added" : "changed"] += 1;
    return next;
  });
  const kept = new Set(saved.map(({ defined }) => defined.entry.id));
  const gone = state.generation.entries
    .filter((entry) => !kept.has(entry.id))
    .map((entry): DefinitionEntry => {
      if (entry.removed || entry.managedBy !== "file") return entry;
      counts.removed += 1;
      return { ...entry, removed: true, active: false, updatedAt: at };
    });
  const touched = saveAnew(made, { sealing, modules, at });
  const changed = new Map(touched.flatMap(({ defined, version }) => (version ? [[defined.entry.id, defined.entry] as const] : [])));
  const entries = [...saved.map(({ defined }) => defined.entry), ...gone.map((entry) => changed.get(entry.id) ?? entry)];
  return {
    entries: withPlaces(
      entries,
      saved.map(({ defined }) => defined.entry.id),
    ),
    versions: [...saved, ...touched].flatMap(({ version }) => (version ? [version] : [])),
    answer: counts,
  };
}
