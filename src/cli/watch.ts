import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { DEFAULT_ORGANIZATION } from "../compose.ts";
import type { Config } from "../config.ts";
import type { Engine } from "../engine/engine.ts";
import type { Logger } from "../engine/log.ts";
import { applyFolder, type AppliedFolder } from "../files/check-rule-files.ts";
import { watchFolder, type Watching } from "../files/watch.ts";
import type { Io } from "./io.ts";
import { reportError } from "./report-error.ts";
import { RuleMistakes, rulesInWords, type LoadedRules } from "./rules.ts";
import { notRunYetInWords } from "./welcome.ts";

export type WatchRules = {
  readonly engine: Engine;
  readonly config: Pick<Config, "rules">;
  /** As they were loaded at start. */
  readonly loaded: LoadedRules | null;
  readonly log: Logger;
  readonly io: Io;
  readonly json: boolean;
};

/** `serve --watch`: the folder is applied as one unit at every change; where it has mistakes they are told and the rules go on as they were. */
export async function watchRules({ engine, config, loaded, log, io, json }: WatchRules): Promise<Watching> {
  const folder = config.rules.path;
  let hasBeen = loaded !== null || config.rules.asked;
  let told: AppliedFolder["mistakes"] = [];
  let notRunYet = engine.notRunYet(DEFAULT_ORGANIZATION);

  async function changed(): Promise<readonly string[]> {
    if (!hasBeen && !existsSync(folder)) return [];
    hasBeen = true;
    const files = await applyFolder(engine, DEFAULT_ORGANIZATION, folder);
    // A change may reach us in several parts; what was said is not said again.
    const isSame = isDeepStrictEqual(files.mistakes, told);
    const hadMistakes = told.length > 0;
    told = files.mistakes;
    if (files.applied !== null) tellApplied({ ...files, applied: files.applied, folder }, hadMistakes);
    else if (!isSame) reportError(new RuleMistakes(files.mistakes, folder), json, io);
    return files.included;
  }

  function tellApplied(rules: LoadedRules, hadMistakes: boolean): void {
    const { applied } = rules;
    if (!hadMistakes && applied.added + applied.changed + applied.removed === 0) return;
    log.info({ applied, folder }, "rules applied");
    const before = notRunYet;
    notRunYet = engine.notRunYet(DEFAULT_ORGANIZATION);
    const lines = [`rules  ${rulesInWords(rules)}`, ...notRunYetInWords(notRunYet.filter((line) => !before.includes(line)))];
    if (!json) io.out(`${lines.join("\n")}\n`);
  }

  const failed = (error: unknown): void => log.error({ err: error, folder }, "the rules folder could not be watched or applied");
  return watchFolder({ folder, included: loaded?.included ?? [], changed, failed });
}
