/** A mistake in a template's source; lines and columns from 1. */
export type Problem = { readonly line: number; readonly column: number; readonly message: string; readonly hint?: string };

/** A template that cannot be rendered: malformed, or what it makes of its data has no end. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** A mistake at an offset of the source. */
export function problemAt(source: string, offset: number, message: string, hint?: string): Problem {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length;
  return { line, column: offset - lineStart + 1, message, ...(hint === undefined ? {} : { hint }) };
}
