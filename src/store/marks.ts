import type { JsonObject } from "../model/json.ts";

/** How far something that follows the clock has come. `revision` grows with each write. */
export type Mark = { readonly value: JsonObject; readonly revision: number };

/** Small notes that outlive a process, one a key. */
export type MarkStore = {
  mark(organization: string, key: string): Promise<Mark | null>;
  /** Writes it where it has this revision (0: there is none yet); false where another came first. */
  setMark(organization: string, key: string, revision: number, value: JsonObject): Promise<boolean>;
};
