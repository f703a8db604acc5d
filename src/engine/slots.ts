import { ACTION_TYPES, type ActionType } from "../model/action-type.ts";

/** How many more runs of each type this process may have in flight. What is claimed is started at once, so a claim never takes more. */
export type Slots = {
  tryTake(type: ActionType): boolean;
  free(type: ActionType): void;
  /** Takes every free slot for a claim under way; `release` gives back all but those of the runs that were claimed. */
  reserveAll(): { readonly slots: Readonly<Record<ActionType, number>>; release(kept: readonly ActionType[]): void };
};

export function createSlots(most: Readonly<Record<ActionType, number>>): Slots {
  const used = new Map<ActionType, number>(ACTION_TYPES.map((type) => [type, 0]));
  const left = (type: ActionType): number => most[type] - (used.get(type) ?? 0);
  const add = (type: ActionType, n: number): void => void used.set(type, (used.get(type) ?? 0) + n);
  return {
    tryTake(type) {
      if (left(type) <= 0) return false;
      add(type, 1);
      return true;
    },
    free: (type) => add(type, -1),
    reserveAll() {
      const free = {
        emailAlert: left("emailAlert"),
        inAppNotification: left("inAppNotification"),
        fieldUpdate: left("fieldUpdate"),
        webhook: left("webhook"),
        customFunction: left("customFunction"),
      };
      for (const type of ACTION_TYPES) add(type, free[type]);
      return {
        slots: free,
        release(kept) {
          for (const type of ACTION_TYPES) add(type, -free[type]);
          for (const type of kept) add(type, 1);
        },
      };
    },
  };
}
