import type { makeEvent } from "../support/make.ts";
import type { RuleSpec } from "./rules.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a refusal changes: an event rule that fires for an edit of an invoice. */
export type Draft = {
  active: boolean;
  trigger: Extract<RuleSpec["trigger"], { type: "event" }>;
  criteria: NonNullable<RuleSpec["conditions"][number]["criteria"]>;
  event: Mutable<NonNullable<Parameters<typeof makeEvent>[0]>>;
  stale: boolean;
  alreadyFired: Set<string>;
};

export function firing(): Draft {
  return {
    active: true,
    trigger: { type: "event", on: ["created", "edited"] },
    criteria: [{ field: "status", comparator: "equal", value: "paid" }],
    event: { type: "edited", record: { invoice_id: "90300", status: "paid", total: 12000 } },
    stale: false,
    alreadyFired: new Set(),
  };
}

/** Each reason with what brings it about, in the order in which they count (contract, sections 3 and 6). */
export const REFUSALS: readonly (readonly [reason: string, bringAbout: (draft: Draft) => void])[] = [
  ["ruleInactive", (draft) => void (draft.active = false)],
  ["eventTypeDiffers", (draft) => void (draft.trigger.on = ["deleted"])],
  ["originNotListed", (draft) => void (draft.event.origin = "sync")],
  ["loopStopped", (draft) => void (draft.event.ancestry = [{ rule: "rule-1", module: "invoices", record: "90300" }])],
  [
    "staleEvent",
    (draft) => {
      draft.stale = true;
      draft.trigger.fields = { names: ["status"] };
    },
  ],
  ["fieldsUnchanged", (draft) => void (draft.trigger.fields = { names: ["total"] })],
  [
    "alreadyFired",
    (draft) => {
      draft.trigger.repeat = "firstTime";
      draft.alreadyFired = new Set(["rule-1"]);
    },
  ],
  ["criteriaNotMet", (draft) => void (draft.criteria = [{ field: "total", comparator: "lessThan", value: 1 }])],
];
