import type { z } from "zod";

/**
 * What a schema expected, as a sentence's beginning: "expected a whole number from 0". Given to zod as the error map of a parse, so a
 * message that a schema brings itself comes first. For unknown keys it answers the known ones, which zod's issue does not carry.
 */
export const expectation: z.core.$ZodErrorMap = (issue) => {
  const schema = issue.schema ?? issue.inst;
  switch (issue.code) {
    case "unrecognized_keys":
      return schema && "shape" in schema._zod.def ? Object.keys(Object(schema._zod.def.shape)).join(" ") : "";
    case "invalid_value":
      return `expected ${choice(issue.values)}`;
    case "invalid_union":
      return Array.isArray(issue.options) ? `expected ${choice(issue.options)}` : `expected ${describeBranches(issue.errors ?? [])}`;
    case "invalid_type":
    case "too_big":
    case "too_small":
      return `expected ${schema ? describeSchema(schema) : "another value"}`;
    case "invalid_format":
      return `expected ${issue.format === "email" ? "an email address" : `text that matches ${issue.pattern ?? issue.format}`}`;
    case "custom":
    case "not_multiple_of":
    case "invalid_key":
    case "invalid_element":
      return undefined;
  }
};

function choice(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(", ")}`;
}

/** Types without bounds, by zod's name for them. */
const NAMES: Partial<Record<string, string>> = {
  boolean: "true or false",
  null: "null",
  object: "a mapping",
  // Only one that is told apart by a key says invalid_type of the whole.
  union: "a mapping",
};

function describeSchema(schema: z.core.$ZodType | z.core.$ZodCheck): string {
  const definition: object = schema._zod.def;
  const type = "type" in definition ? definition.type : null;
  const format = "format" in definition ? definition.format : null;
  const range = describeRange(definition);
  if (type === "string") return format === "email" ? "an email address" : `text${range && ` of ${range} characters`}`;
  if (type === "array") return `a list${range && ` of ${range}`}`;
  if (type === "number") return `a ${format === "safeint" ? "whole " : ""}number${range && ` from ${range.replace(" or more", "")}`}`;
  return NAMES[String(type)] ?? "another value";
}

/** "1 to 100", "1 or more", "up to 100", or nothing: zod 4.6 tells bounds by the checks of a schema only. */
function describeRange(definition: object): string {
  const checks: readonly z.core.$ZodCheck[] = "checks" in definition && Array.isArray(definition.checks) ? definition.checks : [];
  const bound = (kinds: readonly string[], key: "minimum" | "maximum"): number | null => {
    const check: { readonly check: string; readonly [key: string]: unknown } | undefined = checks
      .map((each) => ({ ...each._zod.def }))
      .find((each) => kinds.includes(each.check));
    const value = check?.[key] ?? check?.["value"];
    return typeof value === "number" ? value : null;
  };
  const low = bound(["min_length", "greater_than"], "minimum");
  const high = bound(["max_length", "less_than"], "maximum");
  if (low !== null && high !== null) return `${low} to ${high}`;
  if (low !== null) return `${low} or more`;
  return high === null ? "" : `0 to ${high}`;
}

/** The branches of a union: "text, a number, { field } or a list". */
function describeBranches(branches: readonly Branch[]): string {
  const words = [...new Set(alternatives(branches).flatMap(describeBranch))];
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function describeBranch(issues: Branch): readonly string[] {
  const own = issues.find((issue) => issue.path.length === 0 && issue.code !== "unrecognized_keys");
  if (own) return [own.message.replace(/^expected /, "")];
  const keys = issues.flatMap((issue) => (issue.path.length === 1 ? [String(issue.path[0])] : []));
  return keys.length > 0 ? [`{ ${keys.join(", ")} }`] : [];
}

export type Branch = readonly z.core.$ZodIssue[];

/** The branches of a union with those of the unions that are branches themselves. */
export function alternatives(branches: readonly Branch[]): readonly Branch[] {
  return branches.flatMap((branch) => {
    const [only] = branch;
    const nested = branch.length === 1 && only?.code === "invalid_union" && only.path.length === 0 && only.errors.length > 0;
    return nested ? alternatives(only.errors) : [branch];
  });
}
