import fc from "fast-check";

/** One step of a random history: what is defined changes, or something happens to a record. */
export type Step =
  | { readonly do: "save"; readonly slot: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly do: "remove" | "activate" | "deactivate"; readonly slot: number }
  | { readonly do: "order"; readonly rotate: number }
  | { readonly do: "zone"; readonly timeZone: string }
  | { readonly do: "wait"; readonly hours: number }
  | { readonly do: "event"; readonly event: Readonly<Record<string, unknown>>; readonly ageDays: number };

/** Rules have one of so many names. */
export const SLOTS = 4;

const ACTIONS = [
  { type: "webhook", name: "post" },
  { type: "inAppNotification", name: "note" },
  { type: "fieldUpdate", name: "mark-sent" },
  { type: "fieldUpdate", name: "raise" },
] as const;
const actions = fc.uniqueArray(fc.constantFrom(...ACTIONS), { minLength: 1, maxLength: 3 }).map((list) => [...list]);

const STATUSES = ["draft", "sent", "paid", "SENT", ""] as const;
const TOTALS = [0, 100, "100.00", "499.99", 500, 12_000, null, "much"] as const;
const DATES = ["2026-11-20", "2026-12-31", "2026-02-30", "", null] as const;

const criterion = fc.oneof(
  fc.record({
    field: fc.constant("status"),
    comparator: fc.constantFrom("equal", "notEqual", "contains", "changedTo", "changedFrom"),
    value: fc.constantFrom("sent", "paid", "draft"),
  }),
  fc.record({
    field: fc.constant("total"),
    comparator: fc.constantFrom("greaterEqual", "lessThan", "equal"),
    value: fc.constantFrom<unknown>(100, 500, "12000.0", { field: "balance" }),
  }),
  fc.record({
    field: fc.constant("due_date"),
    comparator: fc.constantFrom("lessThan", "greaterEqual"),
    value: fc.constantFrom<unknown>({ days: 0 }, { months: 1 }, "2026-11-30"),
  }),
  fc.record({
    field: fc.constantFrom("status", "total", "due_date", "cf_unknown"),
    comparator: fc.constantFrom("isEmpty", "isNotEmpty", "changed"),
  }),
);

const block = fc
  .record({
    criteria: fc.array(criterion, { maxLength: 3 }),
    how: fc.constantFrom("and", "or", "not"),
    immediateActions: actions,
    later: fc.option(fc.record({ days: fc.nat(20), actions })),
  })
  .map(({ criteria, how, immediateActions, later }) => ({
    criteria,
    ...(criteria.length > 0 && how !== "and" ? { pattern: patternOf(criteria.length, how === "not") } : {}),
    immediateActions,
    timeBasedActions: later === null ? [] : [{ execute: { after: { days: later.days }, at: "09:00" }, actions: later.actions }],
  }));

function patternOf(count: number, negated: boolean): string {
  const numbers = Array.from({ length: count }, (_, index) => String(index + 1));
  return negated ? `NOT (${numbers.join(" AND ")})` : numbers.join(" OR ");
}

const rule = fc.record(
  {
    module: fc.constant("invoices"),
    active: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
    trigger: fc.record(
      {
        type: fc.constant("event"),
        on: fc.subarray(["created", "edited", "deleted"], { minLength: 1 }),
        repeat: fc.constantFrom("firstTime", "everyTime"),
        origins: fc.constantFrom(["user", "api", "fieldUpdate"], ["user", "api", "fieldUpdate", "import"], ["import"]),
        fields: fc.record({
          match: fc.constantFrom("any", "all", "except"),
          names: fc.subarray(["status", "total", "due_date"], { minLength: 1 }),
        }),
      },
      { requiredKeys: ["type", "on"] },
    ),
    evaluation: fc.constantFrom("firstMatch", "allMatches"),
    conditions: fc.array(block, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ["module", "trigger", "conditions"] },
);

const record = fc.record(
  {
    invoice_id: fc.constantFrom("1", "2"),
    status: fc.constantFrom(...STATUSES),
    total: fc.constantFrom(...TOTALS),
    balance: fc.constantFrom(100, 500),
    due_date: fc.constantFrom(...DATES),
  },
  { requiredKeys: ["invoice_id"] },
);

const event = fc.record(
  {
    module: fc.constant("invoices"),
    type: fc.constantFrom("created", "edited", "edited", "deleted"),
    record,
    previous: record,
    origin: fc.constantFrom("user", "api", "import", "sync"),
  },
  { requiredKeys: ["module", "type", "record"] },
);

const slot = fc.nat(SLOTS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("save" as const), slot, body: rule }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("remove" as const, "activate" as const, "deactivate" as const), slot }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("order" as const), rotate: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("zone" as const), timeZone: fc.constantFrom("Asia/Kolkata", "America/Santiago", "UTC") }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), hours: fc.nat(400) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("event" as const), event, ageDays: fc.constantFrom(0, 0, 0, 0, 30) }) },
);

/** A history that begins with a rule or two. */
export const history: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.array(fc.record({ do: fc.constant("save" as const), slot, body: rule }), { minLength: 1, maxLength: 2 }),
    fc.array(step, { minLength: 2, maxLength: 12 }),
  )
  .map(([first, rest]) => [...first, ...rest]);
