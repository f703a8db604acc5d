import { isDeepStrictEqual } from "node:util";
import type { DefinitionEntry } from "../../model/definition.ts";
import type { StoredVersion } from "../../store/definitions.ts";
import type { Store } from "../../store/store.ts";
import { withActiveSince } from "./active-since.ts";
import type { Checks } from "./check.ts";
import type { Definitions } from "./definitions.ts";
import type { Sealing } from "./sealing.ts";
import { joinVersions } from "./snapshot.ts";
import { readState, withEntries, type DefinitionState } from "./state.ts";

export type ChangeDeps = {
  readonly store: Store;
  readonly definitions: Definitions;
  readonly sealing: Sealing;
  readonly checks: Checks;
  now(): number;
};

/** What shall be defined from now on, and what the caller is told. */
export type Change<T> = { readonly entries: readonly DefinitionEntry[]; readonly versions: readonly StoredVersion[]; readonly answer: T };

/**
 * Changes what is defined: the one way to do it. `plan` is pure, says no by throwing, and is asked again where another process's change
 * came first; changes of this process take turns. The versions and the swap of the generation are one step, so a crash leaves the old
 * definitions or the new ones; once they are stored, they decide here without being read again.
 */
export function changeDefinitions<T>(
  { store, definitions }: Pick<ChangeDeps, "store" | "definitions">,
  organization: string,
  plan: (state: DefinitionState) => Change<T>,
): Promise<T> {
  return definitions.inTurn(organization, async () => {
    for (;;) {
      const state = await readState(store, organization, definitions.current(organization).all);
      // What another process changed decides from here on, whatever becomes of this.
      definitions.install(organization, state.generation, state.all);
      const { entries: planned, versions, answer } = plan(state);
      const { generation } = state;
      if (versions.length === 0 && isDeepStrictEqual(planned, generation.entries)) return answer;
      const after = definedAfter(state, planned, versions);
      const entries = withActiveSince(state.all, after);
      const next = { number: generation.number + 1, entries };
      if (!(await store.definitions.swap(organization, next, versions))) continue;
      definitions.install(
        organization,
        next,
        after.map((one, index) => ({ ...one, entry: entries[index] ?? one.entry })),
      );
      return answer;
    }
  });
}

function definedAfter({ all }: DefinitionState, entries: readonly DefinitionEntry[], versions: readonly StoredVersion[]) {
  const made = new Map(versions.map((version) => [`${version.id} ${version.version}`, version]));
  const fresh = entries.filter(({ id, version }) => made.has(`${id} ${version}`));
  const joined = joinVersions({ number: 0, entries: fresh }, versions);
  return withEntries(entries, new Map([...all, ...joined].map((one) => [`${one.entry.id} ${one.entry.version}`, one])));
}
