import { fromCursor, toCursor } from "../cursor.ts";
import type { Page, PageRequest } from "../page.ts";
import { instantPart, splitPlace } from "./ids.ts";

type Placed = { readonly place: string };

/** The part of a filter that goes on after a page of a list in the order of the log, newest first. */
export function afterPlace({ cursor }: PageRequest): { readonly place?: { readonly $lt: string } } {
  if (cursor === null) return {};
  return { place: { $lt: fromPlaceCursor(cursor) } };
}

export function fromPlaceCursor(cursor: string): string {
  const [ms, rest] = fromCursor(cursor, ["number", "string"]);
  return `${instantPart(ms)}${rest}`;
}

export function toPlaceCursor({ place }: Placed): string {
  return toCursor(splitPlace(place));
}

/** A page of what was found, which is one more than asked for where there is another page. */
export function pageOf<D extends Placed, T>(
  found: readonly D[],
  { limit }: PageRequest,
  to: (document: D) => T,
  cursorOf: (document: D) => string = toPlaceCursor,
): Page<T> {
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return { data: shown.map(to), nextCursor: found.length > limit && last ? cursorOf(last) : null };
}
