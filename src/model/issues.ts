import type { z } from "zod";
import { RulewrightError, type Issue } from "./errors.ts";
import { expectation } from "./expectation.ts";
import { nearest } from "./nearest.ts";

export type Parsed<T> = { readonly data: T; readonly issues: null } | { readonly data: null; readonly issues: readonly Issue[] };

/** Parses a value; its mistakes as issues below `path`, each with what was expected, what stands there and the nearest known key. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, path = ""): Parsed<T> {
  const parsed = schema.safeParse(value, { error: expectation });
  if (parsed.success) return { data: parsed.data, issues: null };
  return { data: null, issues: parsed.error.issues.flatMap((issue) => toIssues(issue, value, path)) };
}

function toIssues(issue: z.core.$ZodIssue, value: unknown, above: string): readonly Issue[] {
  const path = issue.path.map(String);
  const at = [...(above === "" ? [] : [above]), ...path].join(".");
  // The error map answers the keys that are known.
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => unknownKey(at === "" ? key : `${at}.${key}`, key, issue.message.split(" ")));
  const found = path.reduce<unknown>((node, key) => (isNode(node) && Object.hasOwn(node, key) ? node[key] : undefined), value);
  return [{ path: at, message: found === undefined ? `${issue.message}, got nothing` : `${issue.message}, got ${inWords(found)}` }];
}

function unknownKey(path: string, key: string, known: readonly string[]): Issue {
  const near = nearest(key, known);
  return { path, message: `unknown key "${key}"`, hint: near === null ? `known keys: ${known.join(", ")}` : `did you mean "${near}"?` };
}

function isNode(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (isNode(value)) return "an object";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The error for issues: its message is the first of them, so that a log line alone already helps. */
export function validationError(issues: readonly Issue[]): RulewrightError {
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  const message = `${first?.path ? `${first.path}: ` : ""}${first?.message ?? "not valid"}${more}`;
  return new RulewrightError("validation_failed", message, { issues });
}
