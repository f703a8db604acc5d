/** A pattern over criterion numbers, counted from 1. */
export type PatternNode =
  | { readonly criterion: number }
  | { readonly not: PatternNode }
  | { readonly all: readonly PatternNode[] }
  | { readonly any: readonly PatternNode[] };

export type ParsedPattern = { readonly node: PatternNode } | { readonly error: string };

/** Levels of NOT and parentheses: far beyond what a person reads, far below what overflows the stack here or in json-rules-engine. */
const DEEPEST = 50;

type Token = { readonly text: string; readonly column: number };

/** A mistake in a pattern; caught in this file. */
class PatternError extends Error {}

/** Reads `1 AND (2 OR NOT 3)` for so many criteria: AND binds tighter than OR, every number is used, none is unknown (contract, section 6). */
export function parsePattern(text: string, criteria: number): ParsedPattern {
  try {
    const parser = createParser(text, criteria);
    const node = parser.parse();
    const unused = Array.from({ length: criteria }, (_, index) => index + 1).filter((number) => !parser.used.has(number));
    if (unused.length > 0) return { error: `expected every criterion's number, but ${unused.join(", ")} is missing` };
    return { node };
  } catch (error) {
    if (error instanceof PatternError) return { error: error.message };
    throw error;
  }
}

/** The pattern that holds where none is written: every criterion. */
export function defaultPattern(criteria: number): string {
  return Array.from({ length: criteria }, (_, index) => index + 1).join(" AND ");
}

function tokenize(text: string): readonly Token[] {
  const tokens = [...text.matchAll(/\d+|[a-z]+|[^\s]/gi)];
  return tokens.map((match) => ({ text: match[0].toUpperCase(), column: match.index + 1 }));
}

function createParser(text: string, criteria: number): { parse(): PatternNode; readonly used: ReadonlySet<number> } {
  const tokens = tokenize(text);
  const used = new Set<number>();
  let position = 0;

  const next = (): string | undefined => tokens[position]?.text;
  const take = (expected: string): boolean => next() === expected && ++position > 0;
  const fail = (expected: string): never => {
    const token = tokens[position];
    const found = token ? `"${text.slice(token.column - 1, token.column - 1 + token.text.length)}"` : "the end";
    throw new PatternError(`expected ${expected} at column ${token?.column ?? text.length + 1}, found ${found}`);
  };

  function chain(word: "AND" | "OR", part: () => PatternNode): readonly PatternNode[] {
    const parts = [part()];
    while (take(word)) parts.push(part());
    return parts;
  }

  function either(depth: number): PatternNode {
    const parts = chain("OR", () => both(depth));
    return parts.length === 1 && parts[0] ? parts[0] : { any: parts };
  }

  function both(depth: number): PatternNode {
    const parts = chain("AND", () => one(depth));
    return parts.length === 1 && parts[0] ? parts[0] : { all: parts };
  }

  function one(depth: number): PatternNode {
    if (depth > DEEPEST) return fail(`at most ${DEEPEST} levels of NOT and parentheses`);
    if (take("NOT")) return { not: one(depth + 1) };
    if (take("(")) {
      const node = either(depth + 1);
      return take(")") ? node : fail('AND, OR or ")"');
    }
    return criterion();
  }

  function criterion(): PatternNode {
    const number = Number(next());
    if (!Number.isInteger(number)) return fail('a number, NOT or "("');
    if (number < 1 || number > criteria) return fail(`a criterion's number from 1 to ${criteria}`);
    used.add(number);
    position++;
    return { criterion: number };
  }

  return {
    used,
    parse: () => {
      const node = either(0);
      return position === tokens.length ? node : fail("AND, OR or the end");
    },
  };
}
