import type { Engine } from "../engine/engine.ts";
import type { Logger } from "../engine/log.ts";
import type { Gate } from "./gate.ts";

/** What stands behind an open Rulewright, for the ways in that are mounted on it. */
export type Embedded = { readonly engine: Engine; readonly organization: string; readonly log: Logger; readonly gate: Gate };

const embedded = new WeakMap<object, Embedded>();

/** Keeps what stands behind a Rulewright out of its own type. */
export function rememberEmbedded(rulewright: object, behind: Embedded): void {
  embedded.set(rulewright, behind);
}

/** Null for what this copy of the package did not open. */
export function embeddedOf(rulewright: object): Embedded | null {
  return embedded.get(rulewright) ?? null;
}
