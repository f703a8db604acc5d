import { Composer, LineCounter, Parser, type CST, type Document, type YAMLError } from "yaml";
import type { Located } from "./located.ts";
import type { Place, Problem } from "./mistake.ts";
import { MAX_DEPTH, readNode } from "./read-node.ts";

/** One YAML document with its values; `root` is null where it could not be read. Empty documents are left out. */
export type ParsedDocument = {
  readonly root: Located | null;
  readonly problems: readonly Problem[];
};

/** Every document of a YAML 1.2 or JSON text. Problems of a document do not keep the others from being read. */
export function parseYaml(text: string): readonly ParsedDocument[] {
  const lines = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  // The composer recurses, and a nesting of some thousand levels can end the whole process, so it is refused before.
  const tooDeep = deepToken(tokens);
  if (tooDeep !== null) {
    const message = `expected at most ${MAX_DEPTH} levels of nesting`;
    return [{ root: null, problems: [{ ...placeOf(tooDeep), message, hint: null }] }];
  }
  // Duplicate keys are found by `readNode`: the composer's own check takes quadratic time. Its 1.1 schema and merge keys stay off whatever a %YAML line says.
  const composer = new Composer({
    uniqueKeys: false,
    schema: "core",
    merge: false,
    resolveKnownTags: false,
    logLevel: "silent",
  });
  return [...composer.compose(tokens)].flatMap((document) => toParsed(document, placeOf));
}

function toParsed(document: Document.Parsed, placeOf: (offset: number) => Place): readonly ParsedDocument[] {
  const [error] = document.errors;
  // What follows the first error of a document is mostly its consequence.
  if (error) return [{ root: null, problems: [toProblem(error, placeOf)] }];
  const problems = document.warnings.map((warning) => toProblem(warning, placeOf));
  if (document.contents === null) return problems.length > 0 ? [{ root: null, problems }] : [];
  const read = readNode(document.contents, placeOf);
  if (read.root.value === null && read.root.written === "") return [];
  return [{ root: read.root, problems: [...problems, ...read.problems] }];
}

const QUOTES = 'put a value that holds any of { } [ ] , : # & * ! | > % @ in quotes: "..."';
const HINTS: Partial<Record<YAMLError["code"], string>> = {
  BAD_INDENT: "keys of one mapping begin in the same column",
  BAD_SCALAR_START: QUOTES,
  BLOCK_AS_IMPLICIT_KEY: QUOTES,
  BLOCK_IN_FLOW: QUOTES,
  MULTILINE_IMPLICIT_KEY: "is a colon missing after the key?",
  MISSING_CHAR: "is a quote, bracket or colon missing?",
  TAB_AS_INDENT: "indent with spaces",
  UNEXPECTED_TOKEN: QUOTES,
};

function toProblem(error: YAMLError, placeOf: (offset: number) => Place): Problem {
  const place = placeOf(error.pos[0]);
  if (error.code === "TAG_RESOLVE_FAILED") {
    return {
      ...place,
      message: `expected a value without a tag: ${error.message}`,
      hint: "remove the tag, or put the value in quotes",
    };
  }
  return {
    ...place,
    message: `not readable as YAML: ${error.message}`,
    hint: HINTS[error.code] ?? null,
  };
}

/** Offset of a token below the deepest level allowed, or null. Iterative, as the parser that made the tokens is. */
function deepToken(tokens: readonly CST.Token[]): number | null {
  let level = tokens.flatMap((token) => (token.type === "document" && token.value ? [token.value] : []));
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return level[0]?.offset ?? 0;
    level = level.flatMap(children);
  }
  return null;
}

function children(token: CST.Token): CST.Token[] {
  if (!("items" in token)) return [];
  return token.items.flatMap((item) => [item.key, item.value].filter((part) => part !== undefined && part !== null));
}
