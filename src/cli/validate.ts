import { existsSync } from "node:fs";
import { compose, DEFAULT_ORGANIZATION } from "../compose.ts";
import { readConfig } from "../config.ts";
import { checkRuleFiles } from "../files/check-rule-files.ts";
import { formatMistake } from "../files/mistake.ts";
import { RulewrightError } from "../model/errors.ts";
import type { Io } from "./io.ts";
import { createLog } from "./log.ts";
import { openStore } from "./open-store.ts";
import { createPaint } from "./paint.ts";
import { counted } from "./rules.ts";

export type ValidateFlags = { readonly store?: string; readonly json?: boolean };

/** `rulewright validate`: every mistake of every file at once, with `store` also against what that store holds. Changes nothing. */
export async function validate(paths: readonly string[], { store, json }: ValidateFlags, io: Io): Promise<number> {
  const config = readConfig(io.env, { store: store ?? "sqlite::memory:" });
  const asked = paths.length > 0 ? paths : [config.rules.path];
  if (paths.length === 0 && !config.rules.asked && !existsSync(config.rules.path))
    throw new RulewrightError(
      "validation_failed",
      `There is no folder ${config.rules.path} to check; name files or folders, such as \`rulewright validate my-rules\``,
    );
  const app = store === undefined ? await compose(config, { log: createLog("warn") }) : await openStore({ ...config, logLevel: "warn" });
  try {
    const { files: found, documents, mistakes } = await checkRuleFiles(app.engine, DEFAULT_ORGANIZATION, asked);
    // Nothing to check is not the same as nothing wrong: the path may be.
    if (found.length === 0 && mistakes.length === 0)
      throw new RulewrightError("validation_failed", `There are no rule files (*.yaml, *.yml, *.json) in ${asked.join(", ")}`);
    const files = new Set([...found, ...mistakes.map(({ file }) => file)]).size;
    if (json) io.out(`${JSON.stringify({ files, mistakes })}\n`);
    else {
      const paint = createPaint(io.colours);
      for (const mistake of mistakes) io.out(`${formatMistake(mistake)}\n`);
      const summary = mistakes.length > 0 ? paint.bad(counted(mistakes.length, "mistake")) : paint.good("no mistakes");
      io.out(mistakes.length > 0 ? `${summary}\n` : `${counted(documents.length, "document")} in ${counted(files, "file")}: ${summary}\n`);
    }
    return mistakes.length === 0 ? 0 : 1;
  } finally {
    await app.close(0);
  }
}
