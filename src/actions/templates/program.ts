import type { HelperName } from "./helper-table.ts";

/** A template taken apart and checked: all that the renderer knows how to do. */
export type Program = readonly Step[];

export type Step =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "output"; readonly value: Expression }
  | { readonly kind: "if"; readonly of: Expression; readonly body: Program; readonly otherwise: Program }
  | {
      readonly kind: "each" | "with";
      readonly of: Expression;
      readonly names: readonly string[];
      readonly body: Program;
      readonly otherwise: Program;
    };

export type Expression =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  /** From the context `up` levels above the innermost one. */
  | { readonly kind: "path"; readonly up: number; readonly keys: readonly string[] }
  /** From a name that a block gave its element: `{{#each lines as |line|}}`. */
  | { readonly kind: "named"; readonly name: string; readonly keys: readonly string[] }
  | { readonly kind: "loop"; readonly name: LoopName }
  | { readonly kind: "call"; readonly helper: HelperName; readonly args: readonly Expression[] };

/** `@index` and its kin, inside `each`. */
export const LOOP_NAMES = ["index", "key", "first", "last"] as const;
export type LoopName = (typeof LOOP_NAMES)[number];
