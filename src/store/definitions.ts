import type { DocumentOf, Generation, Kind } from "../model/definition.ts";
import type { Json } from "../model/json.ts";

/** A version of a definition; never changed once written. */
export type StoredVersion = {
  readonly id: string;
  readonly version: number;
  readonly kind: Kind;
  readonly document: DocumentOf<Kind>;
  /** Of a rule: each block's criteria as json-rules-engine conditions (null: every record matches). */
  readonly conditions: Json;
  readonly createdAt: number;
};

export type DefinitionStore = {
  /** Ids of every organization that has definitions. */
  organizations(): Promise<readonly string[]>;
  /** The current generation, or null before the first. */
  current(organization: string): Promise<Generation | null>;
  /** Numbers of the current generations, of every organization that has one; asked every second. */
  newest(): Promise<ReadonlyMap<string, number>>;
  /**
   * Calls back soon after any process changed a definition, where the store can tell; elsewhere never, so it is a hint beside `newest`.
   * Answers how to stop it.
   */
  onChange(listener: () => void): () => void;
  generation(organization: string, number: number): Promise<Generation | null>;
  /** In no particular order; unknown keys are left out. */
  versions(organization: string, keys: readonly { readonly id: string; readonly version: number }[]): Promise<readonly StoredVersion[]>;
  /** Writes the versions (those already there are left alone), then makes `next` current if `next.number - 1` is. False where another came first. */
  swap(organization: string, next: Generation, versions: readonly StoredVersion[]): Promise<boolean>;
};
