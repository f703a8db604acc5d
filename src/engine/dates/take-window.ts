import type { DateRule } from "./date-rules.ts";
import { findOccurrences, type Found, type Place, type Window } from "./find-occurrences.ts";
import type { FollowDeps } from "./follow-deps.ts";
import { takeOccurrences } from "./take-occurrences.ts";

/**
 * Takes what has come of a rule's dates in a window, page by page.
 * @param keep keeps the rule's turn; `anothers` where it is another's by now
 */
export async function takeWindow(
  deps: FollowDeps,
  rule: DateRule,
  window: Window,
  keep: () => Promise<boolean>,
  isWanted: (found: Found) => boolean = () => true,
): Promise<"nothing" | "something" | "anothers"> {
  let came: "nothing" | "something" = "nothing";
  let place: Place | null = null;
  do {
    const { found: all, next }: Awaited<ReturnType<typeof findOccurrences>> = await findOccurrences(deps, rule, window, place);
    const found = all.filter(isWanted);
    if (found.length > 0) {
      if (!(await keep())) return "anothers";
      if ((await takeOccurrences(deps, rule, found)) > 0) came = "something";
    }
    place = next;
  } while (place !== null);
  return came;
}
