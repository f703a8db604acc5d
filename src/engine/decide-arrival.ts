import type { Decided, DecisionInputs } from "../store/events.ts";
import { decideAndPlan, type Recording } from "./record.ts";
import { planTick } from "./schedules/plan-tick.ts";

/** Decides what has come in, and plans what follows: an event by the rules of its module, a tick by its schedule. */
export function decideArrival(recording: Recording, inputs: DecisionInputs): Decided {
  const { type, occurrence } = recording.event;
  return type === "schedule" && occurrence !== null ? planTick(recording) : decideAndPlan(recording, inputs);
}
