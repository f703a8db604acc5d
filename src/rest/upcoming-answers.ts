import { z } from "zod";
import { ActionReference } from "../model/action-type.ts";
import { Instant } from "./answers.ts";
import { COMPONENTS } from "./components.ts";
import { EXAMPLE_ID } from "./definition-examples.ts";
import { PLANNER } from "./log-answers.ts";

/* What the routes of what is to come answer. */

export const TicksAnswer = z.strictObject({ data: z.array(Instant) }).register(COMPONENTS, {
  id: "Ticks",
  description: "The next times of a schedule; empty where it is off or has ended.",
  examples: [{ data: ["2026-12-31T12:30:00.000Z", "2027-01-31T12:30:00.000Z"] }],
});

const Upcoming = z.strictObject({
  dueAt: Instant,
  ...PLANNER,
  module: z.string(),
  action: ActionReference,
  run: z
    .string()
    .nullable()
    .describe("The action run, where it is planned already. Null of a date or a schedule's time that has yet to come."),
});

export const CalendarAnswer = z
  .strictObject({
    data: z.array(Upcoming),
    nextCursor: z.null().describe("There is one page."),
    cutAt: Instant.nullable().describe(
      "From then on there may be more than is here: ask for fewer days, or a larger limit. Null where nothing is left out.",
    ),
  })
  .register(COMPONENTS, {
    id: "Calendar",
    description: "What will run, in the order in which it is due. Of a date rule: if its record stays as it is.",
    examples: [
      {
        data: [
          {
            dueAt: "2026-12-04T08:00:00.000Z",
            rule: { id: EXAMPLE_ID, name: "overdue", version: 3 },
            record: "90300",
            module: "invoices",
            action: { type: "emailAlert", name: "overdue" },
            run: null,
          },
          {
            dueAt: "2026-12-31T12:30:00.000Z",
            rule: null,
            schedule: { id: "sch_01JD3Y2M8K0000000000000000", name: "month-end-discount" },
            record: null,
            module: "contacts",
            action: { type: "customFunction", name: "month-end-discount" },
            run: null,
          },
        ],
        nextCursor: null,
        cutAt: null,
      },
    ],
  });
