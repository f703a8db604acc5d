import type { StoredRecord } from "../../../model/record.ts";
import type { Decision } from "../../../model/run.ts";
import type { Decided, Intake } from "../../events.ts";
import type { Followed } from "./follow-up.ts";
import type { Arriving, Found } from "./inputs.ts";

/** An event on its way in, decided on what was found. */
export type Weighed = Found & { readonly decided: Decided };

/** When it is written, by the clock that gave `storedAt`: under load it has waited for its batch. */
export function writtenAt({ event, since }: Arriving): number {
  return event.storedAt + Math.round(performance.now() - since);
}

/** @param stored what is stored where the event itself wrote nothing */
export function accepted(decision: Decision, followed: Followed | undefined, stored: StoredRecord | null): Intake {
  return { status: "accepted", decision, runs: followed?.runs ?? [], record: followed?.record ?? stored };
}
