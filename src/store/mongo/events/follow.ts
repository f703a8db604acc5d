import type { StoredRecord } from "../../../model/record.ts";
import type { Decision } from "../../../model/run.ts";
import type { Intake } from "../../events.ts";
import { answerLater, type Answer } from "../batches.ts";
import type { FollowUps } from "./follow-up.ts";
import type { Following } from "./following.ts";
import type { Arriving } from "./inputs.ts";

/** An event that is stored and decided for good; `record`: what is stored where it writes none itself. */
export type Standing = { readonly decision: Decision; readonly following: Following; readonly record: StoredRecord | null };

/** Says that it is durable, and answers once what follows from it is written. */
export type Follow = (arriving: Arriving, key: string, standing: Standing) => Answer<Intake>;

/** @param finished Nothing is left to do for this event. */
export function createFollow(followUps: FollowUps, finished: (key: string) => void): Follow {
  async function follow({ onDurable }: Arriving, key: string, { decision, following, record }: Standing): Promise<Intake> {
    onDurable?.();
    const followed = await followUps.add(following);
    finished(key);
    return { status: "accepted", decision, runs: followed.runs, record: followed.record ?? record };
  }

  return (arriving, key, standing) => answerLater(follow(arriving, key, standing));
}
