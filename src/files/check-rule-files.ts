import type { Applied } from "../engine/definitions/apply.ts";
import type { Engine } from "../engine/engine.ts";
import { inReadingOrder, readRules, type RuleFiles } from "./read-rules.ts";
import { placeIssues } from "./sourced-document.ts";

/**
 * Reads rule files and checks them alone, together, and with what the organization has from REST. Names are looked up only once every
 * document is readable: half a set would call unknown what is only misspelt.
 */
export async function checkRuleFiles(engine: Pick<Engine, "check">, organization: string, paths: readonly string[]): Promise<RuleFiles> {
  const read = await readRules(...paths);
  const issues = await engine.check(organization, read.documents);
  const isWhole = read.mistakes.length === 0;
  const certain = issues.filter(({ index, isUnknownName }) => isWhole || (index !== null && !isUnknownName));
  const placed = placeIssues(read.documents, certain, paths.join(", "));
  return { ...read, mistakes: inReadingOrder([...read.mistakes, ...placed], read.files) };
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
