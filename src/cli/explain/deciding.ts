import type { CriterionVerdict } from "../../criteria/explain.ts";
import { parsePattern, type PatternNode } from "../../criteria/pattern.ts";

/** The criteria without which a condition would have come out otherwise: of a failed AND those that failed, of a failed OR all of them. */
export function decidingCriteria(pattern: string, criteria: readonly CriterionVerdict[]): readonly CriterionVerdict[] {
  const parsed = parsePattern(pattern, criteria.length);
  if ("error" in parsed) return criteria;
  const holds = (number: number): boolean => criteria[number - 1]?.matched ?? false;
  const deciding = new Set(decidingNumbers(parsed.node, holds));
  return criteria.filter(({ number }) => deciding.has(number));
}

type Holds = (criterion: number) => boolean;

function decidingNumbers(node: PatternNode, holds: Holds): readonly number[] {
  if ("criterion" in node) return [node.criterion];
  if ("not" in node) return decidingNumbers(node.not, holds);
  const value = isTrue(node, holds);
  const parts = "all" in node ? node.all : node.any;
  return parts.filter((part) => isTrue(part, holds) === value).flatMap((part) => decidingNumbers(part, holds));
}

function isTrue(node: PatternNode, holds: Holds): boolean {
  if ("criterion" in node) return holds(node.criterion);
  if ("not" in node) return !isTrue(node.not, holds);
  return "all" in node ? node.all.every((part) => isTrue(part, holds)) : node.any.some((part) => isTrue(part, holds));
}
