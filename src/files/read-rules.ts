import { checkDocument } from "./check-document.ts";
import { findDuplicates } from "./find-duplicates.ts";
import { findFiles } from "./find-files.ts";
import { isKind, type Kind } from "../model/definition.ts";
import { isJsonObject } from "../model/json.ts";
import { locate, type Located } from "./located.ts";
import type { Mistake, Place, Problem } from "./mistake.ts";
import { parseYaml } from "./parse-yaml.ts";
import { readText } from "./read-text.ts";
import { placeIssues, type SourcedDocument } from "./sourced-document.ts";

const RULE_FILE_BYTES = 1_000_000;

/** What a document is that does not fit its schema, as far as can be read. */
export type Unreadable = { readonly kind: Kind | null; readonly name: string | null };

/** What rule files hold: the documents that fit their schemas, and every mistake of every file in reading order. */
export type RuleFiles = {
  /** In the order in which they were read. */
  readonly files: readonly string[];
  readonly documents: readonly SourcedDocument[];
  readonly unreadable: readonly Unreadable[];
  readonly mistakes: readonly Mistake[];
  /** Files that the documents name: templates, a function's code. Also those that cannot be read. */
  readonly included: readonly string[];
};

/**
 * Reads rule files from folders (`*.yaml *.yml *.json`, recursive) or single files. Checks each document by itself and that names are
 * unique; references between documents are `engine/definitions`' to check, and `placeIssues` says where its issues stand. Never throws.
 */
export async function readRules(...paths: readonly string[]): Promise<RuleFiles> {
  const found = await findFiles(paths);
  const read: Omit<RuleFiles, "files">[] = [];
  for (const file of found.files) read.push(await readRuleFile(file));
  const documents = read.flatMap((each) => each.documents);
  const twice = placeIssues(documents, findDuplicates(documents), "");
  const mistakes = inReadingOrder([...found.mistakes, ...read.flatMap((each) => each.mistakes), ...twice], found.files);
  const unreadable = [...found.mistakes.map(() => NOTHING_READ), ...read.flatMap((each) => each.unreadable)];
  return { files: found.files, documents, unreadable, mistakes, included: [...new Set(read.flatMap((each) => each.included))] };
}

/** Mistakes as somebody who reads the files in their order comes upon them. */
export function inReadingOrder(mistakes: readonly Mistake[], files: readonly string[]): readonly Mistake[] {
  const order = new Map(files.map((file, index) => [file, index]));
  return mistakes.toSorted((a, b) => (order.get(a.file) ?? -1) - (order.get(b.file) ?? -1) || a.line - b.line || a.column - b.column);
}

async function readRuleFile(file: string): Promise<Omit<RuleFiles, "files">> {
  const text = await readText(file, RULE_FILE_BYTES);
  if (typeof text !== "string") return { documents: [], unreadable: [NOTHING_READ], mistakes: [{ file, ...text }], included: [] };
  const documents: SourcedDocument[] = [];
  const unreadable: Unreadable[] = [];
  const problems: Problem[] = [];
  const included: string[] = [];
  for (const parsed of parseYaml(text)) {
    problems.push(...parsed.problems);
    if (parsed.root === null) {
      if (parsed.problems.length > 0) unreadable.push(NOTHING_READ);
      continue;
    }
    const checked = await checkDocument(parsed.root, file);
    included.push(...checked.included);
    // A value that could not be read stands as null, which its schema would complain of again.
    problems.push(...checked.problems.filter((problem) => !parsed.problems.some((earlier) => isSamePlace(problem, earlier))));
    if (checked.document !== null && parsed.problems.length === 0) documents.push(sourced(checked.document, parsed.root, file));
    else unreadable.push(asFarAsRead(parsed.root));
  }
  return { documents, unreadable, mistakes: problems.map((problem) => ({ file, ...problem })), included };
}

const NOTHING_READ: Unreadable = { kind: null, name: null };

function asFarAsRead({ value }: Located): Unreadable {
  if (!isJsonObject(value)) return NOTHING_READ;
  const { kind, name } = value;
  return { kind: typeof kind === "string" && isKind(kind) ? kind : null, name: typeof name === "string" ? name : null };
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.line === b.line && a.column === b.column;
}

function sourced(document: Pick<SourcedDocument, "kind" | "document">, root: Located, file: string): SourcedDocument {
  const code = root.children.get("file");
  // What the document holds as `code` stands in the file as `file`.
  const inFile = (path: string): string => (path === "code" && code ? "file" : path);
  // Kind and document still go together as they came; the spread hides that from the compiler.
  return {
    ...document,
    file,
    locate: (path: string) => locate(root, inFile(path)),
  } as SourcedDocument;
}
