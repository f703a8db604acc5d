import { formatMistake } from "../files/mistake.ts";
import { RulewrightError } from "../model/errors.ts";
import type { Io } from "./io.ts";
import { RuleMistakes } from "./rules.ts";

/**
 * Says on stderr why a command did not do what it was asked to, and answers its exit code: 1 the user's mistake, 2 unexpected.
 * @param json `{ code, message, issues }` on one line instead of words.
 */
export function reportError(error: unknown, json: boolean, io: Pick<Io, "err">): 1 | 2 {
  if (!(error instanceof RulewrightError) || error.code === "internal_error") {
    if (json) io.err(`${JSON.stringify({ code: "internal_error", message: String(error), issues: [] })}\n`);
    else io.err(`rulewright: unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 2;
  }
  if (json) io.err(`${JSON.stringify({ code: error.code, message: error.message, issues: error.issues })}\n`);
  else io.err(error instanceof RuleMistakes ? mistakesInWords(error) : errorInWords(error));
  return 1;
}

function mistakesInWords({ mistakes, message }: RuleMistakes): string {
  return `${mistakes.map((mistake) => `${formatMistake(mistake)}\n`).join("")}rulewright: ${message}\n`;
}

/** The message is the first issue's, so of that only the hint is left to say. */
function errorInWords({ message, issues }: RulewrightError): string {
  const rest = issues.flatMap(({ path, message: issue, hint }, index) => [
    ...(index > 0 ? [`  ${path}: ${issue}\n`] : []),
    ...(hint ? [`  ${hint}\n`] : []),
  ]);
  return `rulewright: ${message}\n${rest.join("")}`;
}
