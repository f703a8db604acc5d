import type { Decided } from "../../events.ts";
import type { Arriving, Found } from "./inputs.ts";

/** An event on its way in, decided on what was found. */
export type Weighed = Found & { readonly decided: Decided };

/** When it is written, by the clock that gave `storedAt`: under load it has waited for its batch. */
export function writtenAt({ event, since }: Arriving): number {
  return event.storedAt + Math.round(performance.now() - since);
}
