import { existsSync } from "node:fs";
import type { Config } from "../config.ts";
import { DEFAULT_ORGANIZATION } from "../compose.ts";
import type { Engine } from "../engine/engine.ts";
import { formatMistake } from "../files/mistake.ts";
import { checkRuleFiles } from "../files/check-rule-files.ts";
import type { Io } from "./io.ts";

/** Applies the rules folder as one unit; says in words what is loaded. Null where there are mistakes, which it has printed: nothing is applied then. */
export async function applyRules(engine: Engine, { rules }: Config, io: Io): Promise<string | null> {
  if (!rules.asked && !existsSync(rules.path)) return `none: there is no folder ${rules.path}`;
  const { documents, mistakes } = await checkRuleFiles(engine, [rules.path]);
  if (mistakes.length > 0) {
    for (const mistake of mistakes) io.err(`${formatMistake(mistake)}\n`);
    io.err(`rulewright: ${mistakes.length} ${mistakes.length === 1 ? "mistake" : "mistakes"} in ${rules.path}; nothing was applied\n`);
    return null;
  }
  const applied = await engine.applyFiles(DEFAULT_ORGANIZATION, documents);
  const count = documents.filter(({ kind }) => kind === "WorkflowRule").length;
  return `${count} ${count === 1 ? "rule" : "rules"} from ${rules.path} (${applied.added} new, ${applied.changed} changed, ${applied.removed} removed)`;
}
