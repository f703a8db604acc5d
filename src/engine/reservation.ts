import type { ActionType } from "../model/action-type.ts";
import type { ActionRun } from "../model/run.ts";
import type { Slots } from "./slots.ts";

/** Slots taken for one event's runs while its write is under way. */
export type Reservation = {
  readonly slots: Pick<Slots, "tryTake">;
  /** Frees what was taken. */
  release(): void;
  /** The runs that start keep their slots; what the others had taken is freed. */
  handOver(runs: readonly ActionRun[]): void;
};

export function createReservation(slots: Slots): Reservation {
  let taken: ActionType[] = [];
  function release(): void {
    for (const type of taken) slots.free(type);
    taken = [];
  }
  return {
    slots: {
      tryTake(type) {
        if (!slots.tryTake(type)) return false;
        taken.push(type);
        return true;
      },
    },
    release,
    handOver(runs) {
      for (const run of runs) if (run.status === "running") taken.splice(taken.indexOf(run.action.type), 1);
      release();
    },
  };
}
