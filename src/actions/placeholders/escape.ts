import type { FieldType } from "../../model/field.ts";
import type { Json } from "../../model/json.ts";
import { textOf } from "./value.ts";

/** Where a text will stand, which decides how the values in it are written. */
export type PlaceholderContext = "url" | "form" | "header" | "json" | "xmlText" | "plain";

/** Where exactly a placeholder stands; JSON and XML write a value in two ways each. */
export type Position = Exclude<PlaceholderContext, "json" | "xmlText"> | "jsonString" | "jsonValue" | "xmlText" | "xmlCdata";

/** Writes a value so that it cannot leave the place where it stands. `type`: of its field, where known. */
export const ESCAPE: { readonly [P in Position]: (value: Json | undefined, type: FieldType | null) => string } = {
  plain: textOf,
  url: (value) => encodeURIComponent(wellFormed(textOf(value))),
  form: (value) => encodeURIComponent(wellFormed(textOf(value))).replaceAll("%20", "+"),
  // Header values are ASCII (RFC 9110, section 5.5): receivers disagree on anything else.
  header: (value) =>
    wellFormed(textOf(value))
      .replace(/\p{Cc}+/gu, " ")
      .replace(/[^ -~]+/g, encodeURIComponent),
  jsonString: (value) => JSON.stringify(textOf(value)).slice(1, -1),
  jsonValue,
  xmlText: (value) => xmlCharacters(textOf(value)).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? ""),
  // Every `>`, not every `]]>`: the brackets may come from a neighbouring value.
  xmlCdata: (value) => xmlCharacters(textOf(value)).replaceAll(">", "]]>&gt;<![CDATA["),
};

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** `{"total": ${INVOICE.TOTAL}}`, without quotes: numbers and booleans that came as text are bare, as whoever wrote it expects; absent is null. */
function jsonValue(value: Json | undefined, type: FieldType | null): string {
  if (typeof value === "string") {
    const text = value.toLowerCase();
    if (isNumeric(type) && (value === "" || JSON_NUMBER.test(value))) return value === "" ? "null" : value;
    if (type === "boolean" && (text === "true" || text === "false")) return text;
  }
  return JSON.stringify(value ?? null);
}

function isNumeric(type: FieldType | null): boolean {
  return type === "integer" || type === "decimal" || type === "currency" || type === "percent";
}

/** Half of a surrogate pair has no encoding; encodeURIComponent throws on it. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\uFFFD");
}

/** XML 1.0 has no way to write most control characters. */
function xmlCharacters(text: string): string {
  return wellFormed(text).replace(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, "");
}
