import type { PlaceholderContext } from "../placeholders/placeholders.ts";
import { withProbe } from "../placeholders/placeholders.ts";

export const JSON_TYPE = "application/json";
export const FORM_TYPE = "application/x-www-form-urlencoded";

export function isForm(contentType: string): boolean {
  return mediaType(contentType) === FORM_TYPE;
}

export function isJson(contentType: string): boolean {
  return /^application\/json$|\+json$/.test(mediaType(contentType));
}

/** How values are written into a raw body of a content type. */
export function contextOf(contentType: string): PlaceholderContext {
  if (isJson(contentType)) return "json";
  if (isForm(contentType)) return "form";
  return /[/+]x?html$|[/+]xml$/.test(mediaType(contentType)) ? "xmlText" : "plain";
}

/** How values are written into a parameter before all of it is URL-encoded: SMS gateways take XML in one, Slack JSON. */
export function innerContextOf(text: string): PlaceholderContext {
  if (/^\s*</.test(text)) return "xmlText";
  return /^\s*[{[]/.test(text) && isJsonText(text) ? "json" : "plain";
}

/** Is a text JSON once its placeholders have values? In a string any probe will do; elsewhere 0 is a value, and after a backslash it is a mistake. */
export function isJsonText(text: string): boolean {
  try {
    JSON.parse(withProbe(text, "0"));
    return true;
  } catch {
    return false;
  }
}

function mediaType(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}
