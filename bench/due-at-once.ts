import type { openRulewright } from "../src/index.ts";
import type { Row } from "./row.ts";
import { percentile } from "./statistics.ts";
import type { Measured } from "./stores.ts";

type Library = { readonly openRulewright: typeof openRulewright };

type Options = {
  readonly runs: number;
  /** In which they are taken in. */
  readonly aheadMs: number;
  readonly goalSeconds: number;
};

/** Many runs that are due at the same instant: how long after it each has started. */
export async function* benchDueAtOnce({ name, open }: Measured, { runs, aheadMs, goalSeconds }: Options): AsyncGenerator<Row> {
  // As users have it: what is compiled for the bench has no package around it.
  const library = (await import(new URL("../../../dist/index.js", import.meta.url).href)) as Library;
  const { location, dispose } = await open();
  const started: number[] = [];
  const rulewright = await library.openRulewright({
    store: location,
    secretKey: "a-secret-key-of-the-bench-of-32-characters",
    functions: { note: () => void started.push(Date.now()) },
  });
  try {
    await rulewright.limits.replace({ customFunctionsPerDay: 1_000_000 });
    await rulewright.customFunctions.create({ name: "note", module: "invoices", language: "host" });
    await rulewright.workflowRules.create({
      name: "all at once",
      module: "invoices",
      trigger: { type: "event", on: ["created"] },
      conditions: [{ timeBasedActions: [{ execute: { after: { minutes: 1 } }, actions: [{ type: "customFunction", name: "note" }] }] }],
    });
    const due = Date.now() + aheadMs;
    const occurredAt = new Date(due - 60_000).toISOString();
    for (let n = 0; n < runs; n += 500)
      await rulewright.emit(
        Array.from({ length: 500 }, (_, i) => ({ module: "invoices", type: "created", record: { invoice_id: `${n + i}` }, occurredAt })),
      );
    const taken = Date.now();
    if (taken >= due) throw new Error(`it took ${taken - due + aheadMs} ms to take ${runs} events in; they are due already`);
    await new Promise((resolve) => setTimeout(resolve, due - taken));
    while (started.length < runs) await new Promise((resolve) => setTimeout(resolve, 10));
    const late = started.map((at) => at - due).toSorted((a, b) => a - b);
    yield { name: `${name}: the first of ${runs.toLocaleString("en")} due at once has started after`, value: late[0] ?? NaN, unit: "ms" };
    yield { name: `${name}: half of them`, value: percentile(late, 0.5), unit: "ms" };
    yield { name: `${name}: the last one (goal ${goalSeconds} s)`, value: late.at(-1) ?? NaN, unit: "ms" };
  } finally {
    await rulewright.close();
    await dispose();
  }
}
