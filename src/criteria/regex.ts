import { RE2JS, RE2JSException } from "re2js";

/** Whether a text (composed form) has a match anywhere. */
export type Regex = (text: string) => boolean;

export const LONGEST_PATTERN = 1000;
/** UTF-16 units of text that is searched at all. */
export const LONGEST_TEXT = 65_536;
/** RE2 instructions. Time grows with text times program: this many take half a second for the longest text at worst, while `.{0,999}` repeated takes minutes. */
const LARGEST_PROGRAM = 2000;

/** Compiles RE2 syntax, case-sensitive and linear in the text; a string says what is wrong with it. */
export function compileRegex(pattern: string): Regex | string {
  if (pattern.length > LONGEST_PATTERN) return `expected at most ${LONGEST_PATTERN} characters, got ${pattern.length}`;
  try {
    // Texts come composed, so a decomposed pattern could never match.
    const regex = RE2JS.compile(pattern.normalize("NFC"));
    if (regex.programSize() > LARGEST_PROGRAM) return "expected fewer or smaller repetitions: this one would be too slow";
    return (text) => text.length <= LONGEST_TEXT && regex.test(text);
  } catch (error) {
    if (error instanceof RE2JSException) return `expected a regular expression in RE2 syntax: ${error.message}`;
    throw error;
  }
}
