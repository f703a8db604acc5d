import { isAlias, isMap, isScalar, isSeq, type Alias, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import type { Json } from "../model/json.ts";
import type { Child, Located } from "./located.ts";
import { START, type Place, type Problem } from "./mistake.ts";

/** Rule documents nest some ten levels. */
export const MAX_DEPTH = 64;

/** What all aliases of a document may stand for together; ten levels of ten aliases each would be ten thousand million values. */
const MAX_ALIASED_VALUES = 10_000;

type Read = { readonly root: Located; readonly problems: readonly Problem[] };

/**
 * A composed YAML document as JSON values with their places. Refuses what JSON cannot hold or JavaScript would take for something
 * else: keys that stand twice or are no text, `__proto__`, numbers that would lose digits, aliases that grow without end.
 */
export function readNode(contents: unknown, placeOf: (offset: number) => Place): Read {
  const problems: Problem[] = [];
  const anchors = new Map<string, Located>();
  let aliased = 0;
  const report = (place: Place, message: string, hint: string | null = null): void => void problems.push({ ...place, message, hint });
  const startOf = (node: unknown): Place | null =>
    isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? placeOf(node.range?.[0] ?? 0) : null;

  function read(node: unknown, owner: Place, level: number): Located {
    if (isAlias(node)) return readAlias(node, startOf(node) ?? owner, level);
    const located = isMap(node)
      ? readMap(node, owner, level)
      : isSeq(node)
        ? readList(node, owner, level)
        : isScalar(node)
          ? readScalar(node, owner)
          : scalar(null, owner, "");
    // Known only from here on, so that an alias inside its own anchor is one to nothing.
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor) anchors.set(node.anchor, located);
    return located;
  }

  function readAlias(alias: Alias, place: Place, level: number): Located {
    const target = anchors.get(alias.source);
    aliased += target?.size ?? 0;
    if (target && aliased <= MAX_ALIASED_VALUES && level + target.depth - 1 <= MAX_DEPTH) return target;
    if (!target) report(place, `expected an anchor &${alias.source} before the alias *${alias.source}, there is none`);
    else report(place, `expected aliases that stand for at most ${MAX_ALIASED_VALUES} values and ${MAX_DEPTH} levels`);
    return scalar(null, place, alias.source);
  }

  function readMap(map: YAMLMap, owner: Place, level: number): Located {
    const children = new Map<string, Child>();
    const place = map.flow === true ? (startOf(map) ?? owner) : owner;
    for (const pair of map.items) {
      const key = readKey(pair, place);
      if (key === null) continue;
      const earlier = children.get(key.name);
      if (earlier) report(key.place, `key "${key.name}" stands twice in one mapping, first in line ${earlier.key.line}`);
      const node = read(pair.value, key.place, level + 1);
      if (!earlier) children.set(key.name, { key: key.place, node });
    }
    const value = Object.fromEntries([...children].map(([name, { node }]) => [name, node.value]));
    return collection(value, place, children);
  }

  function readKey(pair: Pair, map: Place): { readonly name: string; readonly place: Place } | null {
    if (!isScalar(pair.key)) {
      report(map, "expected text as a key, got a mapping, a list or an alias", 'put a value that begins with { or [ in quotes: "{{ }}"');
      return null;
    }
    const place = startOf(pair.key) ?? map;
    const { value } = pair.key;
    const name = typeof value === "string" ? value : (pair.key.source ?? "");
    if (name !== "__proto__") return { name, place };
    report(place, '"__proto__" cannot be a key');
    return null;
  }

  function readList(list: YAMLSeq, owner: Place, level: number): Located {
    const nodes = list.items.map((item) => {
      const place = startOf(item) ?? owner;
      return { key: place, node: read(item, place, level + 1) };
    });
    const value = nodes.map(({ node }) => node.value);
    const children = new Map(nodes.map((child, index) => [String(index), child]));
    return collection(value, list.flow === true ? (startOf(list) ?? owner) : owner, children);
  }

  function readScalar(node: Scalar, owner: Place): Located {
    const { value } = node;
    const written = node.source ?? "";
    const place = written === "" && value === null ? owner : (startOf(node) ?? owner);
    if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      report(place, `expected a number of at most 15 digits, got ${written}`, `put it in quotes to keep every digit: "${written}"`);
      return scalar(null, place, written);
    }
    if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) {
      return scalar(value as Json, place, written); // `isFinite` does not tell the compiler that it is a number
    }
    report(place, `expected text, a number, true, false or null, got ${written}`);
    return scalar(null, place, written);
  }

  const root = read(contents, startOf(contents) ?? START, 1);
  return { root, problems };
}

function scalar(value: Json, place: Place, written: string): Located {
  return { value, place, written, children: new Map(), size: 1, depth: 1 };
}

function collection(value: Json, place: Place, children: ReadonlyMap<string, Child>): Located {
  let [size, depth] = [1, 1];
  for (const { node } of children.values()) [size, depth] = [size + node.size, Math.max(depth, node.depth + 1)];
  return { value, place, written: "", children, size, depth };
}
