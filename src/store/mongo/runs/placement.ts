import { isTerminal, type RunStatus } from "../../../model/run.ts";
import type { Placement } from "../documents.ts";

/** Parked runs have no due time and come last in due order. */
const LAST = Number.MAX_SAFE_INTEGER;

type Placed = {
  readonly status: RunStatus;
  readonly dueAt: number | null;
  /** It waits for a field update. */
  readonly waits: boolean;
  readonly leaseUntil?: number | null;
};

/** In which indexes a run belongs. The one place that says so: whatever changes a run's status asks here. */
export function placementOf({ status, dueAt, waits, leaseUntil = null }: Placed): Placement {
  if (status === "running") return leaseUntil === null ? {} : { leaseUntil };
  if (status === "succeeded") return {};
  if (isTerminal(status)) return { listed: status };
  return {
    listed: status,
    pending: true,
    ...(status === "scheduled" ? { due: dueAt ?? LAST } : {}),
    ...(dueAt === null || waits ? {} : { wakeAt: dueAt }),
  };
}

const PLACES = ["wakeAt", "leaseUntil", "listed", "due", "pending"] as const satisfies readonly (keyof Placement)[];

/** The change of a stored run's places to these. */
export function toPlace(placement: Placement): { readonly $set: Placement; readonly $unset: Readonly<Record<string, "">> } {
  return { $set: placement, $unset: Object.fromEntries(leavingPlaces(placement).map((key) => [key, ""])) };
}

/** Keys to take out of a stored run whose places become these. */
export function leavingPlaces(placement: Placement): string[] {
  return PLACES.filter((key) => placement[key] === undefined);
}
