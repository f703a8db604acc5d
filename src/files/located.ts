import type { Json } from "../model/json.ts";
import type { Place } from "./mistake.ts";

/** A value as JSON, and where it and everything in it stands. */
export type Located = {
  readonly value: Json;
  /** Where a message about it points: a scalar or a flow collection itself, the key of a block collection, the start of a list's element. */
  readonly place: Place;
  /** A scalar as it was written, so that a message shows `7605000000197147` with every digit; empty for a value left out. */
  readonly written: string;
  /** By key, or by index in a list. */
  readonly children: ReadonlyMap<string, Child>;
  /** Values in it, itself included, and how deep they nest. */
  readonly size: number;
  readonly depth: number;
};

export type Child = { readonly key: Place; readonly node: Located };

/** Where to point for a path such as `conditions.0.pattern`: what stands there, or the nearest thing around it that exists. */
export function locate(root: Located, path: string): Place {
  let node = root;
  let rest = path === "" ? [] : path.split(".");
  while (rest.length > 0) {
    const step = longestKey(node, rest);
    if (step === null) break;
    node = step.node;
    rest = rest.slice(step.length);
  }
  return node.place;
}

/** Where the key at the end of a path stands. */
export function locateKey(root: Located, path: string): Place {
  let node = root;
  for (let rest = path.split("."); rest.length > 0;) {
    const step = longestKey(node, rest);
    if (step === null) break;
    if (step.length === rest.length) return node.children.get(rest.join("."))?.key ?? node.place;
    node = step.node;
    rest = rest.slice(step.length);
  }
  return node.place;
}

/** Keys may hold points themselves (`address: { "a.b": x }`), so the longest that fits is taken. */
function longestKey(node: Located, rest: readonly string[]): { readonly node: Located; readonly length: number } | null {
  for (let length = rest.length; length > 0; length--) {
    const child = node.children.get(rest.slice(0, length).join("."));
    if (child) return { node: child.node, length };
  }
  return null;
}
