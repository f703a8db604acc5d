import type { z } from "zod";
import { RulewrightError, type Issue } from "./errors.ts";
import { alternatives, expectation, type Branch } from "./expectation.ts";
import { nearest } from "./nearest.ts";
import { find, inWords, writtenJson, type Written } from "./written.ts";

export type Parsed<T> = { readonly data: T; readonly issues: null } | { readonly data: null; readonly issues: readonly Issue[] };

/** Parses a value; its mistakes as issues below `path`, each with what was expected, what stands there and the nearest known name. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, path = ""): Parsed<T> {
  const parsed = schema.safeParse(value, { error: expectation });
  if (parsed.success) return { data: parsed.data, issues: null };
  const above = path === "" ? "" : `${path}.`;
  const issues = issuesOf(parsed.error, writtenJson(value)).map(({ about, ...issue }) => ({
    ...issue,
    path: issue.path === "" ? path : `${above}${issue.path}`,
    message: about === "missing" ? `${issue.message}, got nothing` : issue.message,
  }));
  return { data: null, issues };
}

/** `about`: the key that stands there, its value, or what should stand there and does not. */
export type SchemaIssue = Issue & { readonly about: "key" | "value" | "missing" };

/** A schema's mistakes (of a parse with `expectation`) in a value as it was written. */
export function issuesOf(error: z.ZodError, root: Written): readonly SchemaIssue[] {
  return error.issues.flatMap((issue) => meant(issue, [], root)).flatMap(({ issue, path }) => issuesAt(issue, path, root));
}

type Placed = { readonly issue: z.core.$ZodIssue; readonly path: readonly string[] };

/** Of a union, the issues of the one branch that was meant: its keys and fixed values are right, other values are wrong. Else the union itself. */
function meant(issue: z.core.$ZodIssue, above: readonly string[], root: Written): readonly Placed[] {
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

/** Values of these keys are never shown, not even when they are wrong: a mistyped secret is still one. */
const SECRETS: ReadonlySet<string> = new Set(["secret", "password", "token", "clientSecret", "apiKey"]);

function issuesAt(issue: z.core.$ZodIssue, path: readonly string[], root: Written): readonly SchemaIssue[] {
  const at = path.join(".");
  // The error map answers the keys that are known.
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => unknownKey([...path, key].join("."), key, issue.message.split(" ")));
  const node = find(root, path);
  if (node === null) {
    // A schema's own rule about several keys points at one that need not be there.
    return [{ path: at, message: issue.message, about: issue.code === "custom" ? "value" : "missing" }];
  }
  if (path.some((each) => SECRETS.has(each))) {
    const stands = typeof node.value === "string" ? `${node.value.length} characters` : "something else";
    return [{ path: at, message: `${issue.message}, got ${stands}`, about: "value" }];
  }
  const hint = hintFor(issue, node);
  return [{ path: at, message: `${issue.message}, got ${inWords(node)}`, ...(hint === null ? {} : { hint }), about: "value" }];
}

function unknownKey(path: string, key: string, known: readonly string[]): SchemaIssue {
  const near = nearest(key, known);
  const hint = near === null ? `known keys: ${known.join(", ")}` : didYouMean(near);
  return { path, message: `unknown key "${key}"`, hint, about: "key" };
}

function hintFor(issue: z.core.$ZodIssue, node: Written): string | null {
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
function nearestKey(branches: readonly Branch[], node: Written): string | null {
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

/** The error for issues: its message is the first of them, so that a log line alone already helps. Where nothing but limits stands against it, it is `limit_exceeded`. */
export function validationError(issues: readonly Issue[]): RulewrightError {
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  const message = `${first?.path ? `${first.path}: ` : ""}${first?.message ?? "not valid"}${more}`;
  const code = issues.length > 0 && issues.every(({ overLimit }) => overLimit) ? "limit_exceeded" : "validation_failed";
  return new RulewrightError(code, message, {
    issues: issues.map(({ path, message, hint }) => ({ path, message, ...(hint === undefined ? {} : { hint }) })),
  });
}
