import { existsSync } from "node:fs";
import type { Application } from "../../compose.ts";
import { readConfig, type Flags } from "../../config.ts";
import { RulewrightError } from "../../model/errors.ts";
import type { Io } from "../io.ts";
import { isThere, shownStore } from "../../store-location.ts";
import { openFolder } from "../open-folder.ts";
import { openStore } from "../open-store.ts";

/** Opens what a rule is looked up in; nothing is changed by it. @throws RulewrightError */
export async function openForRule(flags: Flags, { env }: Pick<Io, "env">): Promise<Application> {
  const config = readConfig(env, { logLevel: "warn", ...flags });
  if (flags.store !== undefined && flags.rules !== undefined)
    throw mistake("--store and --rules cannot go together: --store explains the rules that the store holds, --rules those of a folder");
  const isStoreNamed = flags.store !== undefined || (flags.rules === undefined && Boolean(env["RULEWRIGHT_STORE"]));
  if (isStoreNamed) return openStore(config);
  if (config.rules.asked || existsSync(config.rules.path)) return openFolder(config);
  if (isThere(config.store)) return openStore(config);
  throw mistake(
    `There are no rules to explain: neither a folder ${config.rules.path} nor a store ${shownStore(config.store)}. Name one with --rules <folder> or --store <url>, sqlite:<file> or mongodb://<host>/<database>`,
  );
}

function mistake(message: string): RulewrightError {
  return new RulewrightError("validation_failed", message);
}
