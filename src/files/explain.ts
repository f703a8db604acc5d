import type { z } from "zod";
import { nearest } from "../model/nearest.ts";
import { alternatives, type Branch } from "../model/expectation.ts";
import { find, type Located } from "./located.ts";
import type { Problem } from "./mistake.ts";

/** Values of these keys are never shown, not even when they are wrong. */
const SECRET_KEYS = new Set(["secret"]);

/** An issue of a schema (parsed with `expectation`) as problems at their places: what was expected, what stands there, the nearest known name. */
export function explain(issue: z.core.$ZodIssue, root: Located): readonly Problem[] {
  return meant(issue, [], root).flatMap(({ path, ...rest }) => explainOne(rest.issue, path, root));
}

type Placed = { readonly issue: z.core.$ZodIssue; readonly path: readonly string[] };

/** Of a union, the issues of the one branch that was meant: its keys and fixed values are right, other values are wrong. Else the union itself. */
function meant(issue: z.core.$ZodIssue, above: readonly string[], root: Located): readonly Placed[] {
  const path = [...above, ...issue.path.map(String)];
  if (issue.code !== "invalid_union") return [{ issue, path }];
  const isMeant = (branch: Branch): boolean =>
    branch.every(
      (inner) =>
        inner.path.length > 0 &&
        !(inner.code === "invalid_value" && inner.values.length === 1) &&
        find(root, [...path, ...inner.path.map(String)]) !== null,
    );
  const [branch, ...others] = alternatives(issue.errors).filter(isMeant);
  if (branch === undefined || others.length > 0) return [{ issue, path }];
  return branch.flatMap((inner) => meant(inner, path, root));
}

function explainOne(issue: z.core.$ZodIssue, path: readonly string[], root: Located): readonly Problem[] {
  const { place, node } = around(root, path);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(key, issue.message.split(" "), node));
  const key = path.at(-1) ?? "";
  if (node === null) {
    // A schema's own rule about several keys points at one that need not be there.
    const message = issue.code === "custom" ? issue.message : `missing key "${key}": ${issue.message}`;
    return [{ ...place, message, hint: null }];
  }
  const stands = SECRET_KEYS.has(key) && typeof node.value === "string" ? `${node.value.length} characters` : inWords(node);
  return [{ ...place, message: `${issue.message}, got ${stands}`, hint: hintFor(issue, node) }];
}

/** What stands at a path, or the place of the mapping that lacks it. */
function around(root: Located, path: readonly string[]): { readonly place: Located["place"]; readonly node: Located | null } {
  const node = find(root, path);
  if (node) return { place: node.place, node };
  for (let length = path.length - 1; length > 0; length--) {
    const owner = find(root, path.slice(0, length));
    if (owner) return { place: owner.place, node: null };
  }
  return { place: root.place, node: null };
}

function unknownKey(key: string, known: readonly string[], node: Located | null): Problem {
  const place = node?.children.get(key)?.key ?? node?.place ?? { line: 1, column: 1 };
  const near = nearest(key, known);
  return {
    ...place,
    message: `unknown key "${key}"`,
    hint: near === null ? `known keys: ${known.join(", ")}` : didYouMean(near),
  };
}

function hintFor(issue: z.core.$ZodIssue, node: Located): string | null {
  const allowed = allowedValues(issue);
  if (allowed !== null) return didYouMean(nearest(node.written, allowed));
  if (issue.code === "invalid_union") return didYouMean(nearestKey(issue.errors, node));
  if (issue.code !== "invalid_type" || issue.expected !== "string") return null;
  // Numbers, true and null are the values that lose their quotes unnoticed.
  return node.children.size === 0 && node.written !== "" ? `put it in quotes: "${node.written}"` : null;
}

function allowedValues(issue: z.core.$ZodIssue): readonly string[] | null {
  if (issue.code === "invalid_value") return issue.values.map(String);
  return issue.code === "invalid_union" && issue.inclusive !== false && issue.options ? issue.options.map(String) : null;
}

/** Where no branch of a union fits: the key that one of them lacks and that an unknown one is near to. */
function nearestKey(branches: readonly Branch[], node: Located): string | null {
  const lacking = alternatives(branches).flatMap((branch) =>
    branch.flatMap((issue) => (issue.path.length === 1 && !node.children.has(String(issue.path[0])) ? [String(issue.path[0])] : [])),
  );
  for (const key of node.children.keys()) {
    const near = nearest(key, lacking);
    if (near !== null) return near;
  }
  return null;
}

function didYouMean(name: string): string;
function didYouMean(name: string | null): string | null;
function didYouMean(name: string | null): string | null {
  return name === null ? null : `did you mean "${name}"?`;
}

/** A value in a few words: as it was written, or the keys of a mapping. */
export function inWords({ value, written, children }: Located): string {
  if (typeof value === "string") return JSON.stringify(shorten(value));
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return `{ ${shorten([...children.keys()].join(", "))} }`.replace("{  }", "{ }");
  return written === "" ? "nothing" : shorten(written);
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
