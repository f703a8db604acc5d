import { compose } from "../compose.ts";
import { readConfig } from "../config.ts";
import { checkRuleFiles } from "../files/check-rule-files.ts";
import { formatMistake } from "../files/mistake.ts";
import type { Io } from "./io.ts";
import { createLog } from "./log.ts";

/** `rulewright validate`: every mistake of every file at once; touches no store. */
export async function validate(paths: readonly string[], { json }: { readonly json?: boolean }, io: Io): Promise<number> {
  const config = readConfig(io.env, { store: "sqlite::memory:" });
  const app = await compose(config, { log: createLog("warn") });
  try {
    const { documents, mistakes } = await checkRuleFiles(app.engine, paths.length > 0 ? paths : [config.rules.path]);
    const files = new Set([...documents.map(({ file }) => file), ...mistakes.map(({ file }) => file)]);
    if (json) io.out(`${JSON.stringify({ files: files.size, mistakes })}\n`);
    else {
      for (const mistake of mistakes) io.out(`${formatMistake(mistake)}\n`);
      io.out(
        mistakes.length === 0 ? `${documents.length} documents in ${files.size} files: no mistakes\n` : `${mistakes.length} mistakes\n`,
      );
    }
    return mistakes.length === 0 ? 0 : 1;
  } finally {
    await app.close(0);
  }
}
