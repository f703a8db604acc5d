import type { Engine } from "../engine/engine.ts";
import { readRules, type RuleFiles } from "./read-rules.ts";
import { placeIssues } from "./sourced-document.ts";

/** Reads rule files and checks them alone and together. References are looked at only once every document is readable: half a set would name missing what is only misspelt. */
export async function checkRuleFiles(engine: Pick<Engine, "check">, paths: readonly string[]): Promise<RuleFiles> {
  const files = await readRules(...paths);
  if (files.mistakes.length > 0) return files;
  return { documents: files.documents, mistakes: placeIssues(files.documents, engine.check(files.documents)) };
}
