import { checkDocument } from "./check-document.ts";
import { findDuplicates } from "./find-duplicates.ts";
import { findFiles } from "./find-files.ts";
import { locate, type Located } from "./located.ts";
import type { Mistake, Place, Problem } from "./mistake.ts";
import { parseYaml } from "./parse-yaml.ts";
import { readText } from "./read-text.ts";
import { placeIssues, type SourcedDocument } from "./sourced-document.ts";

const RULE_FILE_BYTES = 1_000_000;

/** What rule files hold: the documents that fit their schemas, and every mistake of every file in reading order. */
export type RuleFiles = {
  readonly documents: readonly SourcedDocument[];
  readonly mistakes: readonly Mistake[];
};

/**
 * Reads rule files from folders (`*.yaml *.yml *.json`, recursive) or single files. Checks each document by itself and that names are
 * unique; references between documents are `engine/definitions`' to check, and `placeIssues` says where its issues stand. Never throws.
 */
export async function readRules(...paths: readonly string[]): Promise<RuleFiles> {
  const found = await findFiles(paths);
  const read: RuleFiles[] = [];
  for (const file of found.files) read.push(await readRuleFile(file));
  const documents = read.flatMap((each) => each.documents);
  const twice = placeIssues(documents, findDuplicates(documents));
  const order = new Map(found.files.map((file, index) => [file, index]));
  const mistakes = [...found.mistakes, ...read.flatMap((each) => each.mistakes), ...twice].toSorted(
    (a, b) => (order.get(a.file) ?? -1) - (order.get(b.file) ?? -1) || a.line - b.line || a.column - b.column,
  );
  return { documents, mistakes };
}

async function readRuleFile(file: string): Promise<RuleFiles> {
  const text = await readText(file, RULE_FILE_BYTES);
  if (typeof text !== "string") return { documents: [], mistakes: [{ file, ...text }] };
  const documents: SourcedDocument[] = [];
  const problems: Problem[] = [];
  for (const parsed of parseYaml(text)) {
    problems.push(...parsed.problems);
    if (parsed.root === null) continue;
    const checked = await checkDocument(parsed.root, file);
    // A value that could not be read stands as null, which its schema would complain of again.
    problems.push(...checked.problems.filter((problem) => !parsed.problems.some((earlier) => isSamePlace(problem, earlier))));
    if (checked.document !== null && parsed.problems.length === 0) documents.push(sourced(checked.document, parsed.root, file));
  }
  return { documents, mistakes: problems.map((problem) => ({ file, ...problem })) };
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
