import { type Problem, problemAt } from "./problem.ts";

/** 64 KB, as files are read. */
export const MAX_SOURCE = 65_536;
const MAX_TAGS = 2_000;
const MAX_TAG_LENGTH = 1_000;
const MAX_BLOCK_DEPTH = 12;
const MAX_CALL_DEPTH = 4;

type Tag = { readonly sign: string; readonly body: string; readonly end: number };
type Block = { readonly name: string; readonly at: number; levels: number };

/**
 * The first mistake in a template's tags, in one pass. It comes before Handlebars' parser, which takes time that grows with the square of
 * the nesting (64 KB of open blocks: 39 s, of parentheses: 4 min). So that what this sees is what the parser will see, it refuses
 * whatever the two could read differently: escaped tags, raw blocks, backslashes.
 */
export function scan(source: string): Problem | null {
  if (source.length > MAX_SOURCE)
    return problemAt(source, 0, `expected a template of at most ${MAX_SOURCE} characters, got ${source.length}`);
  const open: Block[] = [];
  let tags = 0;
  for (let at = source.indexOf("{{"); at !== -1;) {
    const tag = readTag(source, at);
    if (typeof tag === "string") return problemAt(source, at, tag);
    if (++tags > MAX_TAGS) return problemAt(source, at, `expected at most ${MAX_TAGS} tags`);
    const mistake = tag.sign === "!" ? null : (checkBody(tag.body) ?? nest(open, tag, at));
    if (mistake !== null) return problemAt(source, at, mistake);
    at = source.indexOf("{{", tag.end);
  }
  const unclosed = open.at(-1);
  return unclosed ? problemAt(source, unclosed.at, `{{#${unclosed.name}}} is not closed`) : null;
}

/** Reads the tag that begins at an offset, or says why it is none. */
function readTag(source: string, at: number): Tag | string {
  if (source[at - 1] === "\\") return "tags cannot be escaped";
  const start = source[at + 2] === "~" ? at + 3 : at + 2;
  const sign = source[start] ?? "";
  if (sign === "{" || sign === "&") return "unescaped output is not allowed; write {{ }} with two braces";
  if (sign === ">" || sign === "*" || source.startsWith("#>", start) || source.startsWith("#*", start))
    return "partials and decorators are not allowed";
  if (sign === "!") return readComment(source, start);
  const close = source.indexOf("}}", start);
  if (close === -1) return "this tag is not closed with }}";
  const from = sign === "#" || sign === "/" || sign === "^" ? start + 1 : start;
  return { sign: from === start ? "" : sign, body: source.slice(from, close).replace(/~$/, ""), end: close + 2 };
}

/** `{{!-- --}}` ends at its own mark and may hold tags; `{{! }}` at the first braces. */
function readComment(source: string, start: number): Tag | string {
  const rest = source.startsWith("!--", start) ? /--~?\}\}/g : /\}\}/g;
  rest.lastIndex = start + 1;
  return rest.test(source) ? { sign: "!", body: "", end: rest.lastIndex } : "this comment is not closed";
}

function checkBody(body: string): string | null {
  if (body.length > MAX_TAG_LENGTH) return `expected a tag of at most ${MAX_TAG_LENGTH} characters`;
  const bare = body.replace(/"[^"]*"|'[^']*'|\[[^\]]*\]/g, "");
  if (body.includes("\\") || /["'[\]]/.test(bare)) return "expected strings in closed quotes, without backslashes and }}";
  let depth = 0;
  for (const character of bare) {
    if (character === "(") depth++;
    else if (character === ")") depth--;
    if (depth < 0 || depth > MAX_CALL_DEPTH)
      return depth < 0 ? ") closes nothing" : `expected at most ${MAX_CALL_DEPTH} calls inside one another`;
  }
  return depth === 0 ? null : "( is not closed";
}

/** Follows blocks as they open and close; `else if` is a block inside the one it continues. */
function nest(open: Block[], { sign, body }: Tag, at: number): string | null {
  const name = /^[^\s~]*/.exec(body.trimStart())?.[0] ?? "";
  const chained = sign === "" && /^\s*else\b\s*[^\s]/.test(body);
  if (sign === "#") open.push({ name, at, levels: 1 });
  const top = open.at(-1);
  if (chained && top) top.levels++;
  if (sign === "^" && body.trim() !== "") return "inverse blocks are not allowed; write {{#unless}}";
  if (sign === "/") {
    if (!top) return `{{/${name}}} closes nothing`;
    if (top.name !== name) return `expected {{/${top.name}}}, got {{/${name}}}`;
    open.pop();
  }
  const depth = open.reduce((sum, block) => sum + block.levels, 0);
  return depth > MAX_BLOCK_DEPTH ? `expected at most ${MAX_BLOCK_DEPTH} blocks inside one another` : null;
}
