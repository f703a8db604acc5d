import { RulewrightError } from "../model/errors.ts";

/** A keyset position as an opaque string: the sort keys of the last row shown. */
export function toCursor(keys: readonly (number | string)[]): string {
  return Buffer.from(JSON.stringify(keys)).toString("base64url");
}

type Shape = readonly ("number" | "string")[];
type Keys<S extends Shape> = { readonly [I in keyof S]: S[I] extends "number" ? number : string };

/** The sort keys, which are of that shape. @throws RulewrightError validation_failed for anything that `toCursor` did not make for such a list. */
export function fromCursor<const S extends Shape>(cursor: string, shape: S): Keys<S> {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(keys) && keys.length === shape.length && shape.every((type, i) => typeof keys[i] === type))
      // Each key was just seen to be of its type, which TypeScript does not carry from `every` to the tuple.
      return keys as unknown as Keys<S>;
  } catch {
    // Falls through: whatever is wrong with it, the caller is told the same.
  }
  throw new RulewrightError("validation_failed", "Expected the `nextCursor` of an earlier answer", {
    issues: [{ path: "cursor", message: "expected the nextCursor of an earlier answer" }],
  });
}
