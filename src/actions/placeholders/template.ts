import type { Issue } from "../../model/errors.ts";
import type { Module, Modules } from "../../model/module.ts";
import { ESCAPE, type PlaceholderContext, type Position } from "./escape.ts";
import { type Reference, resolve } from "./reference.ts";
import { type PlaceholderValues, valueOf } from "./value.ts";

/** A text with placeholders, taken apart once. */
export type PlaceholderTemplate = {
  /** Has no placeholder: `expand` always answers the text itself. */
  readonly constant: boolean;
  readonly usesContact: boolean;
  expand(values: PlaceholderValues): string;
};

const PLACEHOLDER = /\$\{([^${}]*)\}/g;

/**
 * Takes a text apart for the place where it will stand. A placeholder that means nothing is empty: it was refused when the definition was saved,
 * so its field has gone since. Values are never looked at for placeholders of their own.
 */
export function compileTemplate(text: string, context: PlaceholderContext, module: Module, modules: Modules): PlaceholderTemplate {
  const references: Reference[] = [];
  const pieces: (string | ((values: PlaceholderValues) => string))[] = [];
  let position = startOf(context);
  for (const [index, part] of text.split(PLACEHOLDER).entries()) {
    // split puts what the group caught at the odd places.
    if (index % 2 === 0) {
      pieces.push(part);
      position = after(position, part);
    } else {
      const resolved = resolve(part.trim(), module, modules);
      if (!resolved.ok) continue;
      references.push(resolved.reference);
      pieces.push(writer(resolved.reference, position));
    }
  }
  return {
    constant: pieces.length === 1,
    usesContact: references.some(({ source }) => source === "contact"),
    expand: (values) => pieces.map((piece) => (typeof piece === "string" ? piece : piece(values))).join(""),
  };
}

/** What is wrong with the placeholders of a text, each with the nearest name that exists; `path` is where the text stands. */
export function checkPlaceholders(text: string, module: Module, modules: Modules, path = ""): readonly Issue[] {
  const issues = [...text.matchAll(PLACEHOLDER)].flatMap(([, name = ""]): readonly Issue[] => {
    const resolved = resolve(name.trim(), module, modules);
    if (resolved.ok) return [];
    return [{ path, message: resolved.message, ...(resolved.hint === undefined ? {} : { hint: resolved.hint }), unknownName: name }];
  });
  return text.replace(PLACEHOLDER, "").includes("${") ? [...issues, { path, message: "expected a name and } after ${" }] : issues;
}

/** The text with something harmless for each placeholder, to check what is around them. */
export function withProbe(text: string, probe: string): string {
  return text.replace(PLACEHOLDER, () => probe);
}

function writer(reference: Reference, position: Position): (values: PlaceholderValues) => string {
  const escape = ESCAPE[position];
  if (reference.source === "payload") {
    // The payload is JSON already.
    return position === "jsonValue" ? ({ payload }) => payload() : ({ payload }) => escape(payload(), null);
  }
  return (values) => escape(valueOf(reference, values), reference.type);
}

function startOf(context: PlaceholderContext): Position {
  return context === "json" ? "jsonValue" : context;
}

/** Where a literal piece leaves off. Values need not be looked at: escaped, they cannot change it. */
function after(position: Position, literal: string): Position {
  switch (position) {
    case "jsonString":
    case "jsonValue":
      return (literal.match(/\\.|"/gs) ?? []).filter((token) => token === '"').length % 2 === 0 ? position : other(position);
    case "xmlText":
    case "xmlCdata": {
      const opened = literal.lastIndexOf("<![CDATA[");
      const closed = literal.lastIndexOf("]]>");
      return opened === closed ? position : opened > closed ? "xmlCdata" : "xmlText";
    }
    case "plain":
    case "url":
    case "form":
    case "header":
      return position;
  }
}

function other(position: "jsonString" | "jsonValue"): Position {
  return position === "jsonString" ? "jsonValue" : "jsonString";
}
