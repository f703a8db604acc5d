const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** What a JSON text holds, read off its characters before it is parsed. Of a text that is not JSON the numbers mean nothing. */
export type JsonText = {
  /** Keys as they are written, repeated ones each time. */
  readonly keys: number;
  /** Where a level deeper than `mostDeep` begins; -1 where none does. */
  readonly tooDeepAt: number;
};

/** One pass without recursion, so that no nesting can exhaust the stack. Keys are counted by the colons outside of strings. */
export function readJsonText(text: string, mostDeep: number): JsonText {
  let keys = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) i = endOfString(text, i);
    else if (char === COLON) keys += 1;
    else if (char === OPEN_OBJECT || char === OPEN_LIST) {
      depth += 1;
      if (depth > mostDeep) return { keys, tooDeepAt: i };
    } else if (char === CLOSE_OBJECT || char === CLOSE_LIST) depth -= 1;
  }
  return { keys, tooDeepAt: -1 };
}

/** Where the string that begins at `start` ends; the end of the text where it does not. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) return i;
    if (char === BACKSLASH) i += 1;
  }
  return text.length;
}

type Level = { readonly seen: Set<string> | null; key: string };

/**
 * The first key that stands twice in one object of a text that is JSON, and its path; null where none does.
 * Only for the message: it decodes every key, which would be too dear for bodies that are right.
 */
export function findDuplicateKey(text: string): { readonly key: string; readonly path: string } | null {
  const levels: Level[] = [];
  let expectsKey = false;
  for (let i = 0; i < text.length; i++) {
    const level = levels.at(-1);
    const char = text[i];
    if (char === "{") levels.push({ seen: new Set(), key: "" });
    else if (char === "[") levels.push({ seen: null, key: "0" });
    else if (char === "}" || char === "]") levels.pop();
    else if (char === "," && level?.seen === null) level.key = String(Number(level.key) + 1);
    else if (char === '"') {
      const end = endOfString(text, i);
      if (expectsKey && level?.seen) {
        level.key = String(JSON.parse(text.slice(i, end + 1)));
        if (level.seen.has(level.key)) return { key: level.key, path: levels.map(({ key }) => key).join(".") };
        level.seen.add(level.key);
      }
      expectsKey = false;
      i = end;
    }
    if (char === "{" || char === ",") expectsKey = true;
  }
  return null;
}
