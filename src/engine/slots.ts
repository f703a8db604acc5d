import { ACTION_TYPES, type ActionType } from "../model/action-type.ts";

/** How many more runs of each type this process may have in flight. What is claimed is started at once, so a claim never takes more. */
export type Slots = {
  /** For a run that has just come; never where others wait for a slot of that type. */
  tryTake(type: ActionType): boolean;
  free(type: ActionType): void;
  /** Whether runs of a type may wait in the ledger for a slot: what comes anew then waits with them, so that claims share fairly. */
  setWaiting(type: ActionType, waiting: boolean): void;
  /** Takes every free slot for the claim under way, of which there is one at a time; `release` gives back all but those of the runs that were claimed. */
  reserveAll(): { readonly slots: Readonly<Record<ActionType, number>>; release(kept: readonly ActionType[]): void };
};

const NONE = { emailAlert: 0, inAppNotification: 0, fieldUpdate: 0, webhook: 0, customFunction: 0 } as const;

export function createSlots(most: Readonly<Record<ActionType, number>>): Slots {
  const used = new Map<ActionType, number>(ACTION_TYPES.map((type) => [type, 0]));
  const waiting = new Set<ActionType>();
  let reserved: Readonly<Record<ActionType, number>> = NONE;
  const left = (type: ActionType): number => most[type] - (used.get(type) ?? 0);
  const add = (type: ActionType, n: number): void => void used.set(type, (used.get(type) ?? 0) + n);
  return {
    tryTake(type) {
      // Whoever finds every slot in use waits, before any claim has said so; those that a claim holds for a moment are not in use.
      if (left(type) + reserved[type] <= 0) waiting.add(type);
      if (left(type) <= 0 || waiting.has(type)) return false;
      add(type, 1);
      return true;
    },
    free: (type) => add(type, -1),
    setWaiting: (type, are) => void (are ? waiting.add(type) : waiting.delete(type)),
    reserveAll() {
      const free = {
        emailAlert: left("emailAlert"),
        inAppNotification: left("inAppNotification"),
        fieldUpdate: left("fieldUpdate"),
        webhook: left("webhook"),
        customFunction: left("customFunction"),
      };
      for (const type of ACTION_TYPES) add(type, free[type]);
      reserved = free;
      return {
        slots: free,
        release(kept) {
          for (const type of ACTION_TYPES) add(type, -free[type]);
          reserved = NONE;
          for (const type of kept) add(type, 1);
        },
      };
    },
  };
}
