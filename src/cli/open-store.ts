import { randomBytes } from "node:crypto";
import { compose, type Application } from "../compose.ts";
import type { Config } from "../config.ts";
import { RulewrightError } from "../model/errors.ts";
import { isKept, isThere, shownStore } from "../store-location.ts";
import { createLog } from "./log.ts";

/** Opens a store as it is. @throws RulewrightError validation_failed where there is none yet: looking must not make one */
export async function openStore(config: Config): Promise<Application> {
  requireStore(config);
  return composeToLook(config);
}

/** Of a MongoDB only its server can say, once it is asked. @throws RulewrightError validation_failed where there is no file */
export function requireStore({ store }: Pick<Config, "store">): void {
  if (isKept(store) && !isThere(store))
    throw new RulewrightError(
      "validation_failed",
      `There is no store at ${shownStore(store).replace(/^sqlite:/, "")}: name the one that \`rulewright serve\` uses with --store or RULEWRIGHT_STORE, as sqlite:<file> or mongodb://<host>/<database>`,
    );
}

/** Puts the parts together for somebody who only looks: nothing is sealed or opened, so no key file is made beside the store. */
export function composeToLook(config: Config): Promise<Application> {
  return compose(
    { ...config, secretKey: config.secretKey ?? randomBytes(32).toString("base64url") },
    { log: createLog(config.logLevel), looks: true },
  );
}
