import { existsSync } from "node:fs";
import { DEFAULT_ORGANIZATION } from "../compose.ts";
import type { Config } from "../config.ts";
import type { Engine } from "../engine/engine.ts";
import type { AppliedFolder } from "../files/check-rule-files.ts";
import type { Mistake } from "../files/mistake.ts";
import { RulewrightError } from "../model/errors.ts";

/** A rules folder that is applied. */
export type LoadedRules = AppliedFolder & { readonly folder: string; readonly applied: NonNullable<AppliedFolder["applied"]> };

/** Mistakes in rule files, each at its place; nothing was applied. */
export class RuleMistakes extends RulewrightError {
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[], folder: string) {
    super("validation_failed", `${counted(mistakes.length, "mistake")} in ${folder}; nothing was applied`, {
      issues: mistakes.map(({ file, line, column, message, hint }) => ({
        path: `${file}:${line}:${column}`,
        message,
        ...(hint === null ? {} : { hint }),
      })),
    });
    this.mistakes = mistakes;
  }
}

/** Applies the rules folder as one unit; null where nobody named one and there is none. @throws RuleMistakes */
export async function loadRules(engine: Engine, { rules }: Pick<Config, "rules">): Promise<LoadedRules | null> {
  if (!rules.asked && !existsSync(rules.path)) return null;
  // Reading YAML takes long to load, and a worker or a server without files has no use for it.
  const { applyFolder } = await import("../files/check-rule-files.ts");
  const folder = await applyFolder(engine, DEFAULT_ORGANIZATION, rules.path);
  if (folder.applied === null) throw new RuleMistakes(folder.mistakes, rules.path);
  return { ...folder, applied: folder.applied, folder: rules.path };
}

/** "3 rules, 11 documents from ./rules (1 new, 0 changed, 0 removed)". */
export function rulesInWords({ folder, documents, applied }: LoadedRules): string {
  const { added, changed, removed } = applied;
  const counts = `${counted(rulesOf({ documents }), "rule")}, ${counted(documents.length, "document")}`;
  return `${counts} from ${folder} (${added} new, ${changed} changed, ${removed} removed)`;
}

export function rulesOf({ documents }: Pick<LoadedRules, "documents">): number {
  return documents.filter(({ kind }) => kind === "WorkflowRule").length;
}

/** "1 mistake", "2 mistakes". */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
