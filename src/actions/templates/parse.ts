import { createRequire } from "node:module";
import type Handlebars from "handlebars";
import { nearest } from "../../model/nearest.ts";
import { HELPERS, isHelperName } from "./helper-table.ts";
import { type Expression, LOOP_NAMES, type LoopName, type Program, type Step } from "./program.ts";
import type { Problem } from "./problem.ts";
import { scan } from "./scan.ts";

/** What a template may name. */
export const VARIABLES = ["record", "previous", "event", "rule", "organization", "user"] as const;

const BLOCKS = ["if", "unless", "each", "with"] as const;
const MAX_LOOPS = 2;
const MAX_KEYS = 8;
const HIDDEN_KEYS = new Set(["constructor", "prototype", "__proto__"]);

/** What a template reads of a variable: `record.total` at its place. */
export type Read = { readonly variable: string; readonly key: string; readonly line: number; readonly column: number };
export type Parsed = { readonly program: Program; readonly problems: readonly Problem[]; readonly reads: readonly Read[] };

/** Takes a template apart by Handlebars' grammar; a program only counts where there are no problems. */
export function parseTemplate(source: string): Parsed {
  const mistake = scan(source);
  if (mistake !== null) return { program: [], problems: [mistake], reads: [] };
  const problems: Problem[] = [];
  const reads: Read[] = [];
  try {
    return {
      program: readProgram(handlebars().parse(source), { ...OUTSIDE, reads }, (node, message, hint) =>
        problems.push(at(node, message, hint)),
      ),
      problems,
      reads,
    };
  } catch (error) {
    return { program: [], problems: [syntaxProblem(error)], reads: [] };
  }
}

let loaded: typeof Handlebars | undefined;

/** Loaded at the first template: it takes 50 ms. Only its parser is used, so no code is ever made from a template. */
function handlebars(): typeof Handlebars {
  return (loaded ??= createRequire(import.meta.url)("handlebars"));
}

/** What is in sight at a place: how many contexts lie above the root, how many of them are loops, and the names that blocks gave. */
type Scope = { readonly depth: number; readonly loops: number; readonly names: readonly string[]; readonly reads: Read[] };
const OUTSIDE: Omit<Scope, "reads"> = { depth: 0, loops: 0, names: [] };

type Report = (node: hbs.AST.Node, message: string, hint?: string) => void;
type Call = Pick<hbs.AST.MustacheStatement, "path" | "params" | "hash"> & hbs.AST.Node;

const NOTHING: Expression = { kind: "literal", value: null };

function readProgram(program: hbs.AST.Program | undefined, scope: Scope, report: Report): Program {
  return (program?.body ?? []).flatMap((statement) => readStatement(statement, scope, report));
}

function readStatement(statement: hbs.AST.Statement, scope: Scope, report: Report): readonly Step[] {
  if (isNode<hbs.AST.ContentStatement>(statement, "ContentStatement")) return [{ kind: "text", text: statement.value }];
  if (isNode<hbs.AST.CommentStatement>(statement, "CommentStatement")) return [];
  if (isNode<hbs.AST.BlockStatement>(statement, "BlockStatement")) return readBlock(statement, scope, report);
  if (isNode<hbs.AST.MustacheStatement>(statement, "MustacheStatement"))
    return [{ kind: "output", value: readCallOrPath(statement, scope, report) }];
  report(statement, "partials and decorators are not allowed");
  return [];
}

function readBlock(block: hbs.AST.BlockStatement, scope: Scope, report: Report): readonly Step[] {
  const name = block.path.original;
  const kind = BLOCKS.find((known) => known === name);
  if (kind === undefined) {
    const near = nearest(name, BLOCKS);
    report(
      block,
      `unknown block {{#${name}}}; expected #if, #unless, #each or #with`,
      near === null ? undefined : `did you mean {{#${near}}}?`,
    );
    return [];
  }
  const [subject] = block.params;
  if (!subject || block.params.length > 1 || block.hash) report(block, `expected {{#${kind}}} with one value`);
  const of = subject ? readExpression(subject, scope, report) : NOTHING;
  const otherwise = readProgram(block.inverse, scope, report);
  if (kind === "if" || kind === "unless") {
    const body = readProgram(block.program, scope, report);
    return [kind === "if" ? { kind: "if", of, body, otherwise } : { kind: "if", of, body: otherwise, otherwise: body }];
  }
  const loops = scope.loops + (kind === "each" ? 1 : 0);
  if (loops > MAX_LOOPS) report(block, `expected at most ${MAX_LOOPS} {{#each}} inside one another`);
  const names = block.program?.blockParams ?? [];
  for (const given of names) if (isHelperName(given)) report(block, `"${given}" is a helper and cannot name something else`);
  const body = readProgram(block.program, { ...scope, depth: scope.depth + 1, loops, names: [...scope.names, ...names] }, report);
  return [{ kind, of, names, body, otherwise }];
}

/** `{{formatMoney record.total}}` or `{{record.total}}`. */
function readCallOrPath(call: Call, scope: Scope, report: Report): Expression {
  if (!isNode<hbs.AST.PathExpression>(call.path, "PathExpression")) {
    report(call, "expected a variable or a helper");
    return NOTHING;
  }
  const { path, params } = call;
  const isCall = params.length > 0 || Boolean(call.hash) || (isHelperName(path.original) && !scope.names.includes(path.original));
  if (!isCall) return readPath(path, scope, report);
  const name = path.original;
  if (!isHelperName(name)) {
    const near = nearest(name, [...Object.keys(HELPERS), ...BLOCKS]);
    report(call, `unknown helper "${name}"`, near === null ? `known: ${Object.keys(HELPERS).join(", ")}` : `did you mean "${near}"?`);
    return NOTHING;
  }
  const { takes } = HELPERS[name];
  if (params.length !== takes || call.hash) report(call, `expected ${name} with ${takes === 1 ? "one value" : `${takes} values`}`);
  return { kind: "call", helper: name, args: params.map((param) => readExpression(param, scope, report)) };
}

function readExpression(node: hbs.AST.Expression, scope: Scope, report: Report): Expression {
  if (isNode<hbs.AST.PathExpression>(node, "PathExpression")) return readPath(node, scope, report);
  if (isNode<hbs.AST.SubExpression>(node, "SubExpression")) return readCallOrPath(node, scope, report);
  if (isNode<hbs.AST.StringLiteral>(node, "StringLiteral")) return { kind: "literal", value: node.value };
  if (isNode<hbs.AST.NumberLiteral>(node, "NumberLiteral")) return { kind: "literal", value: node.value };
  if (isNode<hbs.AST.BooleanLiteral>(node, "BooleanLiteral")) return { kind: "literal", value: node.value };
  return NOTHING;
}

function readPath(path: hbs.AST.PathExpression, scope: Scope, report: Report): Expression {
  const { parts: keys, depth, original } = path;
  if (path.data) return readLoopName(path, scope, report);
  if (keys.length > MAX_KEYS || keys.some((key) => HIDDEN_KEYS.has(key))) {
    report(path, `"${original}" cannot be read`);
    return NOTHING;
  }
  const [first] = keys;
  const isScoped = /^\.|this\b/.test(original);
  if (first !== undefined && depth === 0 && !isScoped && scope.names.includes(first))
    return { kind: "named", name: first, keys: keys.slice(1) };
  if (depth > scope.depth) report(path, `"${original}" leads out of the template`);
  else if (depth === scope.depth && !VARIABLES.some((variable) => variable === first)) reportUnknown(path, first, report);
  else if (depth === scope.depth && first !== undefined && keys[1] !== undefined)
    scope.reads.push({ variable: first, key: keys[1], line: path.loc.start.line, column: path.loc.start.column + 1 });
  return { kind: "path", up: depth, keys };
}

function reportUnknown(path: hbs.AST.PathExpression, first: string | undefined, report: Report): void {
  const near = first === undefined ? null : nearest(first, [...VARIABLES, ...Object.keys(HELPERS)]);
  report(
    path,
    `unknown variable "${first ?? path.original}"`,
    near === null ? `known: ${VARIABLES.join(", ")}` : `did you mean "${near}"?`,
  );
}

function readLoopName(path: hbs.AST.PathExpression, scope: Scope, report: Report): Expression {
  const name = LOOP_NAMES.find((known): known is LoopName => known === path.parts[0]);
  if (name !== undefined && path.parts.length === 1 && path.depth === 0 && scope.loops > 0) return { kind: "loop", name };
  report(path, `expected @${LOOP_NAMES.join(", @")}, inside {{#each}}`);
  return NOTHING;
}

/** Handlebars types its nodes as what they have in common; `type` says which one it is. */
function isNode<N extends hbs.AST.Node>(node: hbs.AST.Node, type: N["type"]): node is N {
  return node.type === type;
}

function at({ loc }: hbs.AST.Node, message: string, hint?: string): Problem {
  return { line: loc.start.line, column: loc.start.column + 1, message, ...(hint === undefined ? {} : { hint }) };
}

/** `Parse error on line 3:`, the source around, a pointer, then what the grammar expected, by its own names for it. */
function syntaxProblem(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const line = Number(/on line (\d+)/.exec(message)?.[1] ?? /- (\d+):\d+$/.exec(message)?.[1] ?? 1);
  const [, excerpt = ""] = message.split("\n");
  return { line, column: 1, message: excerpt === "" ? message : `this is not a tag: ${excerpt}` };
}
