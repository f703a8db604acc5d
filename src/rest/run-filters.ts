import { ACTION_TYPES } from "../model/action-type.ts";
import { RUN_STATUSES } from "../model/run.ts";
import { instant, oneOf, PAGE, query, text } from "./query.ts";

/** Filters of the log's two lists (contract, section 3). */
export const RunFilters = query({
  status: oneOf(
    RUN_STATUSES,
    "Of the action run; `scheduled` lists by `dueAt`, the soonest first and those that wait without one last.",
  ).exactOptional(),
  module: text(100, "A module's name or alias.").exactOptional(),
  rule: text(100, "A rule's id, or a schedule's.").exactOptional(),
  record: text(1000, "A record's id.").exactOptional(),
  type: oneOf(ACTION_TYPES, "Of the action.").exactOptional(),
  event: text(128, "An event's id.").exactOptional(),
  from: instant("From this instant on; bounds `dueAt` with status=scheduled, else `createdAt`.").exactOptional(),
  to: instant("Before this instant.").exactOptional(),
  ...PAGE,
});
