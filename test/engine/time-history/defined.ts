import { KINDS, type Document, type Kind } from "../../../src/model/definition.ts";
import type { Duration } from "../../../src/model/duration.ts";
import type { DateTrigger, ExecutionTime } from "../../../src/model/rule.ts";
import type { Recurrence, Schedule } from "../../../src/model/schedule.ts";

/** Dates of a record: one field has days, the other instants. */
export type Field = "day" | "moment";

type Late = { readonly catchUp: "once" | "all" | "skip"; readonly grace: Duration };

export type DateBody = Late & {
  readonly field: Field;
  readonly when: DateTrigger["when"];
  readonly at: string | null;
  readonly cycle: DateTrigger["cycle"];
};
export type WaitsBody = { readonly grace: Duration; readonly executes: readonly ExecutionTime[] };
export type TicksBody = Late & {
  readonly active: boolean;
  readonly recurrence: Recurrence;
  readonly startsAt: string;
  readonly expires: Schedule["expires"];
};

/** What is defined: two date rules, of which the first has an action two hours later; a rule whose actions wait; a schedule. */
export type Defined = {
  readonly zone: string;
  readonly first: DateBody;
  readonly second: DateBody;
  readonly waits: WaitsBody;
  readonly ticks: TicksBody;
};

export const DATE_RULES = ["first", "second"] as const;
export type DateRuleName = (typeof DATE_RULES)[number];
export type RuleName = DateRuleName | "waits";

export const MODULE = "plans";
export const LATER: ExecutionTime = { after: { hours: 2 }, of: "trigger" };
/** Rules fire for any other, and their later actions are done. */
export const OFF = "off";

const ACTION = { type: "webhook", name: "tell" };
const CRITERIA = [{ field: "status", comparator: "notEqual", value: OFF }];

export function documentsOf({ zone, first, second, waits, ticks }: Defined): readonly Document[] {
  return [
    document("Organization", { timeZone: zone }),
    document("Module", {
      name: MODULE,
      fields: [
        { name: "day", type: "date" },
        { name: "moment", type: "datetime" },
        { name: "status", type: "text" },
      ],
    }),
    document("Webhook", { name: "tell", module: MODULE, url: "https://erp.example/hook" }),
    document("CustomFunction", { name: "sync", module: MODULE, language: "host" }),
    dateRule("first", first, [{ execute: LATER, actions: [ACTION] }]),
    dateRule("second", second, []),
    document("WorkflowRule", {
      name: "waits",
      module: MODULE,
      grace: waits.grace,
      trigger: { type: "event", on: ["created", "submitted"], origins: ["api", "import"] },
      conditions: [{ criteria: CRITERIA, timeBasedActions: waits.executes.map((execute) => ({ execute, actions: [ACTION] })) }],
    }),
    document("Schedule", { name: "ticks", function: "sync", ...ticks }),
  ];
}

function dateRule(name: string, { at, grace, ...trigger }: DateBody, timeBasedActions: readonly object[]): Document {
  return document("WorkflowRule", {
    name,
    module: MODULE,
    grace,
    trigger: { type: "date", ...trigger, ...(at === null ? {} : { at }) },
    conditions: [{ criteria: CRITERIA, immediateActions: [ACTION], timeBasedActions }],
  });
}

function document(kind: Kind, body: object): Document {
  // The schema of a kind gives that kind's document; TypeScript cannot follow the pair through the table.
  return { kind, document: KINDS[kind].parse(body) } as Document;
}
