import type { UpdateFilter } from "mongodb";
import type { ActionRun, RunStatus } from "../../../model/run.ts";
import type { RunLedger } from "../../runs.ts";
import type { Calls } from "../calls.ts";
import { createClaims } from "./claims.ts";
import type { Collections, RunDocument } from "../documents.ts";
import type { Endings } from "./endings.ts";
import type { Grants } from "./grants.ts";
import type { Moves } from "./moves.ts";
import { keyOf, newMark } from "../ids.ts";
import { placementOf, toPlace } from "./placement.ts";
import type { QuotaCounter } from "./quota.ts";
import { createQuotaAsking } from "./quota-asking.ts";
import { toRun } from "./run-document.ts";
import { createRunLists } from "./run-lists.ts";
import { createSettlements } from "./settlements.ts";
import type { Unanswered } from "./unanswered.ts";
import type { PendingRuns } from "./pending-runs.ts";

export type RunParts = {
  readonly calls: Calls;
  readonly collections: Collections;
  readonly quota: QuotaCounter;
  readonly grants: Grants;
  readonly endings: Endings;
  readonly unanswered: Unanswered;
  readonly pendingRuns: PendingRuns;
  readonly moves: Moves;
};

export type Runs = RunLedger & { settled(): Promise<void> };

export function createRunLedger({ calls, collections, quota, grants, endings, unanswered, pendingRuns, moves }: RunParts): Runs {
  const { runs } = collections;
  const settlements = createSettlements({ calls, collections, grants, endings });
  const asking = createQuotaAsking(calls, collections, quota);

  /** A person's change of a run that is in one of these statuses; null where it is in none of them. */
  async function change(
    organization: string,
    id: string,
    from: readonly RunStatus[],
    to: Changed,
    extra: Pick<UpdateFilter<RunDocument>, "$inc" | "$unset"> = {},
  ): Promise<RunDocument | null> {
    const mark = newMark();
    const _id = keyOf(organization, id);
    const { $set, $unset } = toPlace(placementOf({ status: to.status, dueAt: to.dueAt ?? null, waits: false }));
    const update = {
      ...extra,
      $set: { ...$set, ...to, reason: null, mark },
      $unset: { ...$unset, waitsFor: "" as const, ...extra.$unset },
    };
    const changed = await calls("change a run", () =>
      runs.findOneAndUpdate({ _id, status: { $in: [...from] }, mark: { $ne: mark } }, update, { returnDocument: "after" }),
    );
    // Said twice, and done the first time.
    return changed ?? calls("find a changed run", () => runs.findOne({ _id, mark }));
  }

  return {
    ...createClaims(calls, collections, unanswered),
    ...createRunLists(calls, collections),
    takeQuota: asking.takeQuota,
    settle: settlements.settle,
    async retry(organization, id, now) {
      const again = { status: "retrying", dueAt: now, finishedAt: null, quotaDay: null, askedDay: null } as const;
      const changed = await change(organization, id, ["failed", "skipped", "cancelled", "retrying"], again, {
        $inc: { again: 1 },
        // It is due now and at no other time.
        $unset: { timing: "", dated: "", asOf: "", wallZone: "" },
      });
      return changed && toRun(changed);
    },
    async cancel(organization, id, now): Promise<ActionRun | null> {
      // `ending` is said of every type, because which it is is only known afterwards, and taken back at once.
      const changed = await change(organization, id, ["scheduled", "retrying"], { status: "cancelled", finishedAt: now, ending: true });
      if (changed) await endings.tell(changed._id);
      return changed && toRun(changed);
    },
    move: moves.move,
    ofOtherZone: pendingRuns.ofOtherZone,
    usage: quota.usage,
    async settled() {
      await Promise.all([settlements.settled(), asking.settled()]);
    },
  };
}

type Changed = { readonly status: RunStatus; readonly dueAt?: number; readonly finishedAt: number | null } & Partial<
  Pick<RunDocument, "quotaDay" | "askedDay" | "ending">
>;
