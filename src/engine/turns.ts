import type { Clock } from "../clock/clock.ts";
import { isJsonObject, type JsonObject } from "../model/json.ts";
import type { Mark } from "../store/marks.ts";
import type { Store } from "../store/store.ts";
import { newId } from "./ids.ts";

/**
 * Whoever follows the clock does so alone, as long as it keeps its turn: what two did at once would be done once all the same, but cost
 * twice. The mark that says how far it has come says whose turn it is, and a process that dies loses it after a while.
 */
export type Turns = {
  /** What the mark says; `first` where there is none. Null while it is another's turn. */
  look<V extends JsonObject>(organization: string, key: string, first: V): Promise<Looked<V> | null>;
};

export type Looked<V> = {
  readonly value: V;
  /** There is no mark yet. */
  readonly isFirst: boolean;
  /** Writes the mark: `keep` the turn, or `leave` it. False where another came first, who goes on from there. */
  keep(value: V): Promise<boolean>;
  leave(value: V): Promise<boolean>;
};

/** As long as a turn lasts that nobody keeps: a lease, so that what a dead process followed goes on within 10 s. */
const TURN_MS = 8000;

export function createTurns({ store, clock }: { readonly store: Pick<Store, "marks">; readonly clock: Clock }): Turns {
  const self = newId("prc", clock.now());

  function isAnothers({ value: { turn = null } }: Mark): boolean {
    if (!isJsonObject(turn)) return false;
    const { of, until } = turn;
    const now = clock.now();
    // A turn that ends later than any could was taken by a clock that has gone back since.
    return of !== self && typeof until === "number" && now < until && until <= now + TURN_MS;
  }

  return {
    async look<V extends JsonObject>(organization: string, key: string, first: V) {
      const mark = await store.marks.mark(organization, key);
      if (mark && isAnothers(mark)) return null;
      const { turn: _turn, ...found } = mark?.value ?? first;
      let revision = mark?.revision ?? 0;
      const write = async (value: JsonObject, more: JsonObject): Promise<boolean> => {
        const done = await store.marks.setMark(organization, key, revision, { ...value, ...more });
        if (done) revision += 1;
        return done;
      };
      return {
        // What was kept or left under this key before, which is the caller's alone.
        value: found as unknown as V,
        isFirst: mark === null,
        keep: (value) => write(value, { turn: { of: self, until: clock.now() + TURN_MS } }),
        leave: (value) => write(value, {}),
      };
    },
  };
}
