import type { Applied } from "../engine/definitions/apply.ts";
import type { Engine } from "../engine/engine.ts";
import { applyFolder, checkRuleFiles } from "../files/check-rule-files.ts";
import { formatMistake, type Mistake } from "../files/mistake.ts";
import { RulewrightError } from "../model/errors.ts";

/** Applies a folder of rule files as one unit. @throws RulewrightError validation_failed with every mistake; nothing is applied then */
export async function applyRules(engine: Engine, organization: string, folder: string): Promise<Applied> {
  const { applied, mistakes } = await applyFolder(engine, organization, folder);
  if (applied) return applied;
  const many = mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
  throw new RulewrightError("validation_failed", `${many} in ${folder}:\n${mistakes.map(formatMistake).join("\n")}`, {
    issues: mistakes.map(({ file, line, column, message, hint }) => ({
      path: `${file}:${line}:${column}`,
      message,
      ...(hint === null ? {} : { hint }),
    })),
  });
}

/** Every mistake of these folders or files, checked together with what is stored; applies nothing. */
export async function validateRules(engine: Engine, organization: string, paths: readonly string[]): Promise<readonly Mistake[]> {
  return (await checkRuleFiles(engine, organization, paths)).mistakes;
}
