import type { RecordEvent } from "../../model/event.ts";
import type { JsonObject } from "../../model/json.ts";
import { DAY_MS, timeOf } from "../../time/calendar.ts";
import { wallOf } from "../../time/zone.ts";
import { derivedId, newId } from "../ids.ts";
import type { RunnableSchedule } from "./schedules-of.ts";

/** The wall time (as the ms it would be in UTC) that a tick is of, whatever a gap has made of it: it says which one it is, in any zone. */
export function wallOfTick({ document: { startsAt }, zone }: Pick<RunnableSchedule, "document" | "zone">, at: number): number {
  const time = timeOf(startsAt.slice(11));
  return Math.floor((wallOf(at, zone) - time) / DAY_MS) * DAY_MS + time;
}

/** One tick of a schedule as an event, under an id that the same tick always has. */
export function tickOf(schedule: RunnableSchedule, at: number, missed: boolean, now: number): RecordEvent {
  const { organization, reference, module } = schedule;
  const wall = wallOfTick(schedule, at);
  const id = derivedId("evt", wall, [organization, reference.id, wall]);
  return { ...event(organization, module.name, id, now), occurredAt: at, occurrence: { of: reference.id, anchor: "", k: 0, missed } };
}

/** What a person asks for now ("Save and Execute"), besides its ticks. @param record what its function is given as one */
export function askedTickOf({ organization, reference, module }: RunnableSchedule, record: JsonObject, now: number): RecordEvent {
  const occurrence = { of: reference.id, anchor: BY_HAND, k: 0, missed: false };
  return { ...event(organization, module.name, newId("evt", now), now), record, occurredAt: now, occurrence };
}

/** Did a person ask for it? */
export function isAsked({ occurrence }: RecordEvent): boolean {
  return occurrence?.anchor === BY_HAND;
}

/** What stands where a tick has no date. */
const BY_HAND = "byHand";

function event(organization: string, module: string, id: string, storedAt: number): Omit<RecordEvent, "occurredAt" | "occurrence"> {
  const nothing = { recordId: "", record: {}, previous: null, actor: null, ancestry: [] } as const;
  return { organization, id, module, type: "schedule", ...nothing, storedAt, origin: "clock" };
}
