import type { Refusal } from "../../decide/decide.ts";
import type { Origin } from "../../model/event.ts";
import type { WorkflowRule } from "../../model/rule.ts";

/** What is known of a refusal. `document` is null where the rule's version is not at hand. */
export type Refused = {
  readonly document: WorkflowRule | null;
  readonly module: string;
  /** Of the event. */
  readonly type: string;
  readonly origin: string;
};

/** Why a rule did not fire, as the end of a sentence that begins with "because"; criteria are told one by one instead (null). */
export function reasonInWords(reason: Refusal, refused: Refused): string | null {
  const { document, module } = refused;
  switch (reason) {
    case "ruleInactive":
      return "it is switched off";
    case "moduleDiffers":
      return `it is a rule of ${document?.module ?? "another module"}, this record is one of ${module}`;
    case "eventTypeDiffers":
      return eventTypeDiffers(refused);
    case "originNotListed":
      return originNotListed(refused);
    case "loopStopped":
      return "its own field update led to this event, and a rule does not set itself off again for the same record";
    case "staleEvent":
      return "this event is older than the stored record, so that what it changed is not known";
    case "fieldsUnchanged":
      return fieldsUnchanged(document);
    case "alreadyFired":
      if (document?.trigger.type === "date") return `the date in ${document.trigger.field} has come before, and each comes once`;
      return "it fired for this record before, and it fires once only";
    case "criteriaNotMet":
      return null;
  }
}

function eventTypeDiffers({ document, type, origin }: Refused): string {
  const trigger = document?.trigger;
  const isOfClock = origin === "clock";
  if (trigger?.type === "date")
    return isOfClock ? "another rule waited for this date" : `it runs when the date in ${trigger.field} comes, not on events`;
  const is = isOfClock ? "a date that came" : type;
  return trigger ? `it runs on ${and(trigger.on)}, this event is ${is}` : `it does not run on ${is}`;
}

const ORIGINS_IN_WORDS: Readonly<Record<Origin, string>> = {
  user: "a user",
  api: "the API",
  fieldUpdate: "a field update",
  function: "a function",
  sync: "a sync",
  import: "an import",
  clock: "the clock",
};

function originNotListed({ document, origin }: Refused): string {
  const trigger = document?.trigger;
  const words = (name: string): string => Object.entries(ORIGINS_IN_WORDS).find(([known]) => known === name)?.[1] ?? name;
  if (trigger?.type !== "event") return `it does not run for what ${words(origin)} changed`;
  return `it runs for what ${and(trigger.origins.map(words), "or")} changed, this was ${words(origin)}`;
}

function fieldsUnchanged(document: WorkflowRule | null): string {
  const fields = document?.trigger.type === "event" ? document.trigger.fields : undefined;
  if (!fields) return "none of the fields it watches changed";
  const names = fields.names.join(", ");
  switch (fields.match) {
    case "any":
      return `none of the fields it watches changed: ${names}`;
    case "all":
      return `not all of the fields it watches changed: ${names}`;
    case "except":
      return `no field changed but those it leaves out: ${names}`;
  }
}

/** `a, b and c`. */
function and(names: readonly string[], word: "and" | "or" = "and"): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;
}
