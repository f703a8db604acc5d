import type { Document } from "../model/definition.ts";
import type { Issue } from "../model/errors.ts";
import type { Mistake, Place } from "./mistake.ts";

/** A document of a rule file that fits its schema, and where its parts stand. */
export type SourcedDocument = Document & {
  readonly file: string;
  /** Where to point for a path such as `conditions.0.pattern`; what the file does not hold leads to what would hold it. */
  locate(path: string): Place;
};

/** An issue of one of several documents that were checked together. */
export type DocumentIssue = Issue & { readonly index: number };

/** Issues found across documents, each at its place in the file that it came from. */
export function placeIssues(documents: readonly SourcedDocument[], issues: readonly DocumentIssue[]): readonly Mistake[] {
  return issues.flatMap(({ index, path, message, hint }) => {
    const document = documents[index];
    return document ? [{ file: document.file, ...document.locate(path), message, hint: hint ?? null }] : [];
  });
}
