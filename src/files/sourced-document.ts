import type { Document } from "../model/definition.ts";
import type { Issue } from "../model/errors.ts";
import { START, type Mistake, type Place } from "./mistake.ts";

/** A document of a rule file that fits its schema, and where its parts stand. */
export type SourcedDocument = Document & {
  readonly file: string;
  /** Where to point for a path such as `conditions.0.pattern`; what the file does not hold leads to what would hold it. */
  locate(path: string): Place;
};

/** An issue of one of several documents that were checked together; `index` null: of all of them. */
export type DocumentIssue = Issue & { readonly index: number | null };

/** Issues found across documents, each at its place in the file that it came from; those of all of them in `whole`, the path that was asked for. */
export function placeIssues(documents: readonly SourcedDocument[], issues: readonly DocumentIssue[], whole: string): readonly Mistake[] {
  return issues.map(({ index, path, message, hint = null }) => {
    const document = index === null ? undefined : documents[index];
    return document ? { file: document.file, ...document.locate(path), message, hint } : { file: whole, ...START, message, hint };
  });
}
