import type { Application } from "../compose.ts";
import type { Config } from "../config.ts";
import { composeToLook } from "./open-store.ts";
import { loadRules } from "./rules.ts";

/** A store in memory with the folder applied, so that a rule can be tried while it is being written. @throws RuleMistakes */
export async function openFolder(config: Config): Promise<Application> {
  const app = await composeToLook({ ...config, store: { kind: "sqlite", path: ":memory:" } });
  try {
    await loadRules(app.engine, config);
    return app;
  } catch (error) {
    await app.close(0);
    throw error;
  }
}
