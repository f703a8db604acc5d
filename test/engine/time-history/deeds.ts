import { ORGANIZATION } from "../../support/engine.ts";
import { activate, deactivate, redate, retick, rewait, rezone, setBack, takeEvent, type Event } from "./changes.ts";
import { coming } from "./coming.ts";
import { documentsOf, MODULE, type RuleName } from "./defined.ts";
import type { Fleet } from "./fleet.ts";
import { note, type Races } from "./races.ts";
import { copyOf, type State } from "./state.ts";
import type { Step } from "./steps.ts";

const AUTHOR = { organization: ORGANIZATION, origin: "api", ancestry: [] } as const;

export type DeedDeps = { readonly fleet: Fleet; readonly state: State; readonly races: Races };

/** Does a step with the engines, and tells the model. */
export async function take({ fleet, state, races }: DeedDeps, step: Step, index: number): Promise<void> {
  const { clock, store } = fleet;
  const now = clock.now();

  /** To what comes next, whether or not the event has been taken in by then. */
  function passMeanwhile(event: Event): void {
    const then = copyOf(state);
    takeEvent(then, event, now);
    const [next = now] = coming(then, now);
    clock.pass(next - now);
    note(state, races, next);
  }

  switch (step.do) {
    case "created":
    case "submitted":
    case "edited":
    case "deleted": {
      const { do: type, record, plan, origin, age } = step;
      const event = { id: `evt-${index}`, type, record, plan, occurredAt: now - age };
      const input = { id: event.id, module: MODULE, type, record: { plan_id: record, ...plan }, origin };
      const sent = { ...input, occurredAt: new Date(event.occurredAt).toISOString() };
      const taken = fleet.ask(index, (engine) => engine.emitOne(sent, { organization: ORGANIZATION, wait: false }));
      if (step.slow) passMeanwhile(event);
      await taken;
      return takeEvent(state, event, (await store.events.event(ORGANIZATION, event.id))?.storedAt ?? now);
    }
    case "patch": {
      const { record, changes } = step;
      const kept = state.records.get(record);
      if (!kept || kept.deleted) return;
      await fleet.ask(index, (engine) => engine.records.patch(MODULE, record, changes, null, AUTHOR));
      const event = { id: `evt-${index}`, type: "edited", record, plan: { ...kept.plan, ...changes } } as const;
      return takeEvent(state, { ...event, occurredAt: Math.max(now, kept.occurredAt) }, now);
    }
    case "redate":
      redate(state, step.rule, step.body, now);
      return define(fleet, state, index);
    case "rewait":
      rewait(state, step.body, now);
      return define(fleet, state, index);
    case "retick":
      retick(state, step.body, now);
      return define(fleet, state, index);
    case "zone":
      rezone(state, step.zone);
      return define(fleet, state, index);
    case "activate": {
      const id = await idOf(fleet, index, step.rule);
      await fleet.ask(index, (engine) => engine.definitions.activate(ORGANIZATION, id));
      return activate(state, step.rule, now);
    }
    case "deactivate": {
      const { rule, pendingRuns } = step;
      const id = await idOf(fleet, index, rule);
      await fleet.ask(index, (engine) => engine.definitions.deactivate(ORGANIZATION, id, pendingRuns));
      return deactivate(state, rule, pendingRuns === "cancel");
    }
    case "pass":
      return clock.pass(step.ms);
    case "reach": {
      const instants = coming(state, now);
      const at = instants[Math.min(step.nth, instants.length - 1)];
      if (at !== undefined && at + step.off > now) clock.pass(at + step.off - now);
      return;
    }
    case "set":
      clock.set(step.ms);
      return setBack(state, clock.now());
    case "freeze":
      return clock.freeze(step.ms);
    case "start":
      return fleet.add();
    case "stop":
      return fleet.stopOne(index);
  }
}

/** Does it change what is defined, which other processes hear of within a second? */
export function redefines({ do: what }: Step): boolean {
  return ["redate", "rewait", "retick", "zone", "activate", "deactivate"].includes(what);
}

export async function define(fleet: Fleet, state: State, index: number): Promise<void> {
  await fleet.ask(index, async (engine) => {
    const { issues } = await engine.applyFiles(ORGANIZATION, documentsOf(state.defined));
    if (issues !== null) throw new Error(JSON.stringify(issues));
  });
}

async function idOf(fleet: Fleet, index: number, name: RuleName): Promise<string> {
  const { data } = await fleet.ask(index, (engine) =>
    engine.definitions.list(ORGANIZATION, "WorkflowRule", {}, { limit: 10, cursor: null }),
  );
  return data.find((rule) => rule.name === name)?.id ?? "";
}
