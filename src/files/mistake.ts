/** A place in a text; both count from 1, columns in UTF-16 units, as editors do. */
export type Place = { readonly line: number; readonly column: number };

/** Something wrong at a place of a text: what was expected and what stands there, and what to do where that can be guessed. */
export type Problem = Place & { readonly message: string; readonly hint: string | null };

/** A problem in a rule file. `file` is the path as it was asked for, joined with what was found under it. */
export type Mistake = Problem & { readonly file: string };

/** Where a problem that concerns a file as a whole is shown. */
export const START: Place = { line: 1, column: 1 };

/** `file:line:column: message`, the form that editors and CI read, and an indented line with the hint. */
export function formatMistake({ file, line, column, message, hint }: Mistake): string {
  return `${file}:${line}:${column}: ${message}${hint === null ? "" : `\n  ${hint}`}`;
}
