import type { RecordEvent } from "../../../model/event.ts";
import type { Decision } from "../../../model/run.ts";
import type { EventDocument } from "../documents.ts";
import { keyOf } from "../ids.ts";
import type { Turns } from "../turns.ts";
import { toRecordEvent } from "./event-document.ts";
import type { FirstTimes } from "./first-times.ts";
import type { FollowUps } from "./follow-up.ts";
import type { Following } from "./following.ts";
import type { Decide, PlanLate } from "./late-plans.ts";
import { followingOfLeft, type LeftOpen, type LeftTentative } from "./left.ts";
import type { DecideForGood } from "./tentative.ts";

/** Goes on with a stored event where it was left. */
export type FinishLeft = (document: EventDocument, decide: Decide) => Promise<void>;

export type LeftEventParts = {
  readonly firstTimes: FirstTimes;
  readonly followUps: FollowUps;
  readonly decideForGood: DecideForGood;
  readonly planLate: PlanLate;
  readonly turns: Turns;
  /** Nothing is left to do for this event. */
  finished(key: string): void;
};

/** How events are finished that a crash left half way. */
export function createFinishLeft({ firstTimes, followUps, decideForGood, planLate, turns, finished }: LeftEventParts): FinishLeft {
  async function followingOf(document: EventDocument, event: RecordEvent, decide: Decide): Promise<Following | null> {
    if (document.stage === "tentative") {
      const left = JSON.parse(document.left ?? "") as LeftTentative;
      const made = await decideForGood(document, left, (inputs) => decide(event, inputs), null);
      return "status" in made ? null : planLate(made.following, made.decision, decide);
    }
    const left = JSON.parse(document.left ?? "") as LeftOpen;
    await firstTimes.forget(event, left.forget ?? []);
    const decision = JSON.parse(document.decision ?? "") as Decision;
    return planLate(followingOfLeft(event, document.place, left), decision, decide);
  }

  return async (document, decide) => {
    const event = toRecordEvent(document);
    await turns([keyOf(event.organization, event.module, event.recordId)], async () => {
      const following = await followingOf(document, event, decide);
      if (!following) return;
      // Its runs may be claimed as soon as they are written, so its record is there before them.
      await followUps.add(following);
      finished(document._id);
    });
  };
}
