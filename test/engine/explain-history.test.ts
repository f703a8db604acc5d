import fc from "fast-check";
import { expect, it } from "vitest";
import type { RuleExplanation } from "../../src/engine/explain/explanation.ts";
import { executionView, isoOrNull, runView, type ExecutionView } from "../../src/engine/views.ts";
import { RulewrightError } from "../../src/model/errors.ts";
import type { Decision } from "../../src/model/run.ts";
import { ORGANIZATION, testEngine, type TestEngine } from "../support/engine.ts";
import { history, SLOTS, type Step } from "./histories.ts";

const ACTIONS = [
  ["Webhook", { name: "post", module: "invoices", url: "https://erp.example/hook" }],
  ["InAppNotification", { name: "note", module: "invoices", title: "{{record.total}}", recipients: [{ everyone: true }] }],
  ["FieldUpdate", { name: "mark-sent", module: "invoices", field: "status", value: "sent" }],
  ["FieldUpdate", { name: "raise", module: "invoices", field: "total", value: 500 }],
] as const;

const seen = { events: 0, fired: 0, cascades: 0, reasons: new Set<string>() };

it("of 1,000 random histories, every event's explanation is what ran", { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const t = await testEngine();
      try {
        for (const [kind, body] of ACTIONS) await t.engine.definitions.create(ORGANIZATION, kind, body);
        for (const step of steps) await take(t, step);
        await t.engine.idle();
        await expectExplained(t);
      } finally {
        await t.close();
      }
    }),
    { numRuns: 1_000 },
  );
  // Histories in which nothing happens would prove nothing.
  expect(seen.fired).toBeGreaterThan(300);
  expect(seen.cascades).toBeGreaterThan(100);
  expect([...seen.reasons]).toEqual(
    expect.arrayContaining(["ruleInactive", "eventTypeDiffers", "originNotListed", "loopStopped", "fieldsUnchanged", "criteriaNotMet"]),
  );
});

async function take(t: TestEngine, step: Step): Promise<void> {
  const { definitions, settings } = t.engine;
  switch (step.do) {
    case "save": {
      const old = await idOf(t, step.slot);
      const body = { ...step.body, name: `rule-${step.slot}` };
      await (old === null
        ? definitions.create(ORGANIZATION, "WorkflowRule", body)
        : definitions.replace(ORGANIZATION, "WorkflowRule", old, body));
      return;
    }
    case "remove":
    case "activate":
    case "deactivate": {
      const id = await idOf(t, step.slot);
      if (id === null) return;
      if (step.do === "remove") await definitions.remove(ORGANIZATION, "WorkflowRule", id);
      else if (step.do === "activate") await definitions.activate(ORGANIZATION, id);
      else await definitions.deactivate(ORGANIZATION, id, "keep");
      return;
    }
    case "order": {
      const ids = (await rules(t)).map(({ id }) => id);
      await definitions.order(ORGANIZATION, "invoices", [...ids.slice(step.rotate), ...ids.slice(0, step.rotate)]);
      return;
    }
    case "zone":
      await settings.replaceOrganization(ORGANIZATION, { timeZone: step.timeZone });
      return;
    case "wait":
      t.clock.moveBy(step.hours * 3_600_000);
      await t.engine.idle();
      return;
    case "event": {
      const occurredAt = new Date(t.clock.now() - step.ageDays * 86_400_000).toISOString();
      await t.emit({ ...step.event, ...(step.ageDays > 0 ? { occurredAt } : {}) });
    }
  }
}

async function rules(t: TestEngine) {
  return (await t.engine.definitions.list(ORGANIZATION, "WorkflowRule", {}, { limit: SLOTS, cursor: null })).data;
}

async function idOf(t: TestEngine, slot: number): Promise<string | null> {
  return (await rules(t)).find(({ name }) => name === `rule-${slot}`)?.id ?? null;
}

async function expectExplained(t: TestEngine): Promise<void> {
  const { data: events } = await t.store.events.events({ organization: ORGANIZATION }, { limit: 200, cursor: null });
  for (const event of events) {
    const explained = await t.engine.explain.event(ORGANIZATION, event.id);
    const { data } = await t.store.runs.executions({ organization: ORGANIZATION, event: event.id }, { limit: 200, cursor: null });
    // Executions come newest first; of one event, the order they were planned in is the other way round.
    const ran = data.toReversed().map((execution) => executionView(execution, runView));
    seen.events += 1;
    if (event.origin === "fieldUpdate") seen.cascades += 1;
    expect(explained.filter(({ fires }) => fires).map(({ rule }) => rule)).toEqual(uniqueRules(ran));
    for (const explanation of explained) expectSame(explanation, ran, event.decision);
  }
}

function uniqueRules(ran: readonly ExecutionView[]): readonly unknown[] {
  return [...new Map(ran.map(({ rule }) => [rule?.id, rule])).values()];
}

function expectSame(
  { rule, fires, reason, condition, conditions, plan }: RuleExplanation,
  ran: readonly ExecutionView[],
  decision: Decision,
): void {
  const own = ran.filter((execution) => execution.rule?.id === rule?.id);
  const matched = conditions.filter(({ matched: yes }) => yes).map((each) => each.condition);
  if (fires) {
    seen.fired += 1;
    expect({ reason, condition }).toEqual({ reason: null, condition: own[0]?.condition });
    expect(matched).toEqual(own.map((execution) => execution.condition));
    expect(plan.map(({ action }) => action)).toEqual(own.flatMap(({ runs }) => runs.map(({ action }) => action)));
    // As they were decided: what waits may have moved since, with another time zone.
    const decided = decision.executions.filter((execution) => execution.rule.id === rule.id).flatMap(({ runs }) => runs);
    expect(plan.map(({ dueAt }) => dueAt)).toEqual(decided.map(({ dueAt }) => isoOrNull(dueAt)));
    return;
  }
  if (reason !== null) seen.reasons.add(reason);
  expect(own).toEqual([]);
  expect({ plan, isGiven: reason !== null }).toEqual({ plan: [], isGiven: true });
  if (reason === "criteriaNotMet") expect(matched).toEqual([]);
}

it("an explanation of what is not there says so", async () => {
  const t = await testEngine();
  await expect(t.engine.explain.event(ORGANIZATION, "evt-9")).rejects.toThrow(new RulewrightError("not_found", "There is no event evt-9"));
  await t.close();
});
