import { isJsonObject } from "./json.ts";

/** A value and how its author wrote it, so that a message shows `7605000000197147` with every digit; `written` is empty for what holds others. */
export type Written = {
  readonly value: unknown;
  readonly written: string;
  /** By key, or by index in a list. */
  readonly children: ReadonlyMap<string, { readonly node: Written }>;
};

/** A JSON value, taken apart only where somebody looks. */
export function writtenJson(value: unknown): Written {
  const isLeaf = typeof value !== "object" || value === null;
  let children: Written["children"] | null = null;
  return {
    value,
    written: !isLeaf ? "" : typeof value === "string" ? value : (JSON.stringify(value) ?? ""),
    get children() {
      return (children ??= new Map(isLeaf ? [] : Object.entries(value).map(([key, child]) => [key, { node: writtenJson(child) }])));
    },
  };
}

/** What stands at a path, or null. */
export function find<W extends Written>(root: W, path: readonly string[]): W | null {
  // The children of a tree are of its own type.
  return path.reduce<W | null>((node, key) => (node?.children.get(key)?.node as W | undefined) ?? null, root);
}

/** A value in a few words: as it was written, or the keys of a mapping. */
export function inWords({ value, written, children }: Written): string {
  if (typeof value === "string") return JSON.stringify(shorten(value));
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (isJsonObject(value)) return `{ ${shorten([...children.keys()].join(", "))} }`.replace("{  }", "{ }");
  return written === "" ? "nothing" : shorten(written);
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
