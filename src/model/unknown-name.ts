import type { Issue } from "./errors.ts";
import { nearest } from "./nearest.ts";

/** A name that nothing has, with the one that was probably meant. */
export function unknownName(path: string, what: string, got: string, known: readonly string[]): Issue {
  const near = nearest(got, known);
  const hint = near !== null ? `did you mean "${near}"?` : known.length > 0 && known.length <= 12 ? `known: ${known.join(", ")}` : null;
  return { path, message: `unknown ${what} "${got}"`, ...(hint === null ? {} : { hint }), unknownName: got };
}
