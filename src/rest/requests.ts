import { z } from "zod";
import { LOGGED_ORIGINS } from "../model/event.ts";
import { JsonRecord } from "../model/record.ts";
import { COMPONENTS } from "./components.ts";
import { count, flag, instant, LIMIT, oneOf, PAGE, query, text } from "./query.ts";
import { EXAMPLE_ID } from "./definition-examples.ts";

/*
 * What routes are asked with beside documents, which the engine checks: filters of lists and small bodies. The library's methods are
 * checked by the same schemas, so that both refuse the same in the same words.
 */

export const Pages = query(PAGE);

export const EventFilters = query({
  module: text(100, "A module's name or alias.").exactOptional(),
  record: text(1000, "A record's id.").exactOptional(),
  type: text(
    100,
    "created, edited, deleted, submitted, approved, rejected or a custom trigger's name; date or schedule of what the clock brought.",
  ).exactOptional(),
  origin: oneOf(LOGGED_ORIGINS, "Who caused it.").exactOptional(),
  ...PAGE,
});

export const NotificationFilters = query({
  user: text(1000, "A user's id.").exactOptional(),
  unread: flag("true: only those not read; false: all.").exactOptional(),
  ...PAGE,
});

export const UsageQuery = query({
  day: z.iso
    .date("expected a day such as 2026-11-20")
    .meta({ description: "A day of the organization; today where left out." })
    .exactOptional(),
});

export const UpcomingQuery = query({ days: count(366, 7, "How many days ahead."), limit: LIMIT });

/** Of one schedule. */
export const TicksQuery = query({
  count: count(200, 10, "How many at most."),
  from: instant("From this instant on; now where left out.").exactOptional(),
});

export const DefinitionFilters = query({
  module: text(100, "A module's name or alias.").exactOptional(),
  active: flag("true: only active ones; false: only others.").exactOptional(),
  ...PAGE,
});

export const Rollback = z
  .strictObject({ version: z.int().min(1) })
  .register(COMPONENTS, { id: "Rollback", description: "The version to go back to.", examples: [{ version: 2 }] });

export const Order = z.strictObject({ module: z.string().min(1), ids: z.array(z.string().min(1)).max(10_000) }).register(COMPONENTS, {
  id: "Order",
  description: "Every rule of the module, in the order they shall run.",
  examples: [{ module: "invoices", ids: [EXAMPLE_ID] }],
});

export const ExecutionRequest = z.strictObject({ record: JsonRecord.default({}) }).register(COMPONENTS, {
  id: "ExecutionRequest",
  description: "What is run now is given that record.",
  examples: [{ record: { contact_id: "1001" } }],
});

export const Deactivation = z.strictObject({ pendingRuns: z.enum(["keep", "cancel"]).default("keep") }).register(COMPONENTS, {
  id: "Deactivation",
  description: "What becomes of the runs that it has planned.",
  examples: [{ pendingRuns: "cancel" }],
});
