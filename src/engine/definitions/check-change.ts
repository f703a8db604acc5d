import { RulewrightError, type Issue } from "../../model/errors.ts";
import { validationError } from "../../model/issues.ts";
import type { Document } from "../../model/definition.ts";
import { checkDefinitions, type Checks } from "./check.ts";
import { titleOf } from "./identity.ts";
import type { DefinitionState } from "./state.ts";

/**
 * Checks one definition's new document (null: it is to be deleted) with everything else that is defined.
 * @throws RulewrightError validation_failed, limit_exceeded for what is wrong with it; conflict for what would not work any more elsewhere
 */
export function checkChange(state: DefinitionState, id: string | null, next: Document | null, what: string, checks: Checks): void {
  const others = state.live.filter(({ entry }) => entry.id !== id);
  const after = checkDefinitions(next === null ? others : [...others, next], checks);
  const own = after.flatMap(({ index, ...issue }) => (index === others.length ? [issue] : []));
  if (own.length > 0) throw validationError(own);
  const broken = after.flatMap(({ index, ...issue }) => {
    const other = others[index];
    return other ? [{ other, issue }] : [];
  });
  if (broken.length === 0) return;
  // What was wrong before, because a limit or this version's checks are newer than it, is not this change's doing.
  const before = new Set(
    checkDefinitions(state.live, checks).map(({ index, ...issue }) => `${state.live[index]?.entry.id} ${told(issue)}`),
  );
  const fresh = broken.filter(({ other, issue }) => !before.has(`${other.entry.id} ${told(issue)}`));
  if (fresh.length === 0) return;
  const users = [...new Set(fresh.map(({ other }) => titleOf(other.kind, other.entry.name)))];
  throw new RulewrightError(
    "conflict",
    `${what}: ${users.join(", ")} would not work any more; change ${users.length > 1 ? "them" : "it"} first`,
    {
      issues: fresh.map(({ other, issue }) => ({
        path: issue.path,
        message: `${titleOf(other.kind, other.entry.name)} (${other.entry.id}): ${issue.message}`,
      })),
    },
  );
}

function told({ path, message }: Issue): string {
  return `${path}: ${message}`;
}
