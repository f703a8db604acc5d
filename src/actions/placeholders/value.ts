import type { Json, JsonObject } from "../../model/json.ts";
import { type Organization, organizationMap, type User } from "../../model/organization.ts";
import type { Reference } from "./reference.ts";

/** Where values come from in one run. */
export type PlaceholderValues = {
  readonly record: JsonObject;
  readonly contact: JsonObject | null;
  readonly organization: Organization;
  readonly user: User | null;
  /** The default payload, `${JSONString}`. */
  readonly payload: () => string;
};

/** The value that a reference has in this run; undefined where there is none. */
export function valueOf(reference: Exclude<Reference, { source: "payload" }>, values: PlaceholderValues): Json | undefined {
  const source = sourceOf(reference.source, values);
  return source === null ? undefined : reference.read(source);
}

/** A value as plain text: absent is empty, objects and lists are JSON. */
export function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function sourceOf(source: "record" | "contact" | "organization" | "user", values: PlaceholderValues): JsonObject | null {
  switch (source) {
    case "record":
      return values.record;
    case "contact":
      return values.contact;
    case "organization":
      return organizationMap(values.organization);
    case "user":
      return values.user ? { ...values.user, zuid: values.user.zuid ?? null } : null;
  }
}
