import type { Applied } from "../engine/definitions/apply.ts";
import type { Engine } from "../engine/engine.ts";
import type { Kind } from "../model/definition.ts";
import { inReadingOrder, readRules, type RuleFiles, type Unreadable } from "./read-rules.ts";
import { placeIssues } from "./sourced-document.ts";

/** Kinds whose documents define more names than their own: fields and triggers, users and roles. */
const NAMING: ReadonlySet<string> = new Set<Kind>(["Module", "Organization"]);

/**
 * Reads rule files and checks them alone, together, and with what the organization has from REST. A name that a document may define which cannot
 * be read is not called unknown: it may only be what is misspelt there.
 */
export async function checkRuleFiles(engine: Pick<Engine, "check">, organization: string, paths: readonly string[]): Promise<RuleFiles> {
  const read = await readRules(...paths);
  const issues = await engine.check(organization, read.documents);
  const certain = issues.filter(({ index, unknownName }) => {
    if (read.unreadable.length === 0) return true;
    return index !== null && (unknownName === undefined || !read.unreadable.some((one) => mayDefine(one, unknownName)));
  });
  const placed = placeIssues(read.documents, certain, paths.join(", "));
  return { ...read, mistakes: inReadingOrder([...read.mistakes, ...placed], read.files) };
}

function mayDefine({ kind, name }: Unreadable, wanted: string): boolean {
  return kind === null || NAMING.has(kind) || name === null || name === wanted;
}

/** The folder as it is applied: what changed, or (`applied` null) every mistake, and then nothing did. */
export type AppliedFolder = RuleFiles & { readonly applied: Applied | null };

/** Makes a rules folder what files define, as one unit. */
export async function applyFolder(
  engine: Pick<Engine, "check" | "applyFiles">,
  organization: string,
  path: string,
): Promise<AppliedFolder> {
  const checked = await checkRuleFiles(engine, organization, [path]);
  if (checked.mistakes.length > 0) return { ...checked, applied: null };
  // Checked again with the write, because definitions may have changed meanwhile.
  const { applied, issues } = await engine.applyFiles(organization, checked.documents);
  return { ...checked, applied, mistakes: placeIssues(checked.documents, issues ?? [], path) };
}
