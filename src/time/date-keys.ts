import type { Cycle } from "./occurrences.ts";
/** stub until the time branch is merged */
export function dateKey(anchor: number, _cycle: Cycle, _zone: string): number {
  return anchor;
}
