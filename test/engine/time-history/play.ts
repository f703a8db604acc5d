import type { Engine } from "../../../src/engine/engine.ts";
import { openSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../../src/store/store.ts";
import { ORGANIZATION } from "../../support/engine.ts";
import { seededRandom } from "../../support/random.ts";
import { wanderingClock } from "../../support/wandering-clock.ts";
import { activate, deactivate, isOutdated, redate, retick, rewait, rezone, takeEvent, type Event } from "./changes.ts";
import { coming } from "./coming.ts";
import { documentsOf, MODULE, type DateRuleName, type RuleName } from "./defined.ts";
import { faultsIn } from "./judge.ts";
import { look } from "./look.ts";
import { startProcess, type Act, type Process } from "./processes.ts";
import { note, settle, type Races } from "./races.ts";
import { readLog } from "./read-log.ts";
import { begin, copyOf } from "./state.ts";
import type { History, Plan, Step } from "./steps.ts";

/** After so long nothing is held any more by whoever was killed: turns for 30 s, leases for 8. */
const RECOVERED_MS = 32_000;
/** After so long every process knows what is defined, and what one wrote that did not has been found. */
const KNOWN_MS = 11_000;
/** Dates that may come at any moment are looked for every second. */
const LOOKED_MS = 1000;
const MOST_PROCESSES = 2;
const AUTHOR = { organization: ORGANIZATION, origin: "api", ancestry: [] } as const;

/** Plays a history with real engines and with the model. @returns where they differ, and what else is wrong; nothing if all is well. */
export async function play(history: History, open: () => Store = () => openSqliteStore(":memory:")): Promise<readonly string[]> {
  const { start, zone, first, second, waits, ticks, seed } = history;
  const store = open();
  const clock = wanderingClock(start);
  const random = seededRandom(seed);
  const state = begin({ zone, first, second, waits, ticks }, clock.now());
  const races: Races = new Map();
  const acts: Act[] = [];
  const errors: string[] = [];
  const names = new Map<string, RuleName>();
  let processes: Process[] = [];
  /** Since when somebody may have looked at the clock, or not; null: everybody has. */
  let unlookedSince: number | null = null;
  let killed = false;
  /** Something was defined since. */
  let redefined = false;

  function bury(): void {
    if (processes.some((one) => one.isDead())) killed = true;
    processes = processes.filter((one) => !one.isDead());
  }

  async function add(): Promise<Process> {
    const one = await startProcess({ store, clock, random, onAct: (act) => acts.push(act), onError: (message) => errors.push(message) });
    processes.push(one);
    return one;
  }

  async function someone(index: number): Promise<Process> {
    bury();
    return processes[index % processes.length] ?? add();
  }

  /** Asks until it is answered, whoever dies of it. */
  async function ask<T>(index: number, work: (engine: Engine) => Promise<T>): Promise<T> {
    for (;;) {
      const asked = await (await someone(index)).ask(work);
      if (asked !== "died") return asked.answer;
    }
  }

  async function allIdle(): Promise<void> {
    for (;;) {
      await someone(0);
      const asked = processes;
      await Promise.all(asked.map((one) => one.ask((engine) => engine.idle())));
      await Promise.all(asked.map((one) => one.quiet()));
      if (asked.every((one) => !one.isDead())) return;
    }
  }

  async function lookNow(): Promise<void> {
    const from = unlookedSince ?? clock.now();
    await allIdle();
    for (const one of processes) one.arm(null);
    if (killed) {
      clock.pass(RECOVERED_MS);
      await allIdle();
    }
    clock.pass(redefined ? KNOWN_MS : LOOKED_MS);
    await allIdle();
    const { lines } = await readLog(store, ruleName);
    settle(state, races, lines, killed);
    look(state, { from, to: clock.now(), seen: lines, rough: killed });
    unlookedSince = null;
    killed = false;
    redefined = false;
  }

  function ruleName(id: string): DateRuleName {
    return names.get(id) === "second" ? "second" : "first";
  }

  async function define(index: number): Promise<void> {
    redefined = true;
    await ask(index, async (engine) => {
      const { issues } = await engine.applyFiles(ORGANIZATION, documentsOf(state.defined));
      if (issues !== null) throw new Error(JSON.stringify(issues));
    });
  }

  async function idOf(index: number, name: RuleName): Promise<string> {
    const { data } = await ask(index, (engine) => engine.definitions.list(ORGANIZATION, "WorkflowRule", {}, { limit: 10, cursor: null }));
    for (const { id, name: known } of data) names.set(id, known as RuleName);
    return data.find((rule) => rule.name === name)?.id ?? "";
  }

  /** Of two things that nobody can tell apart by the clock, it must be clear which was first; and everybody must know what is defined. */
  function needsClarity(step: Step): boolean {
    if (redefined && (killed || processes.length > 1 || step.do === "pass" || step.do === "reach")) return true;
    if (step.do === "set" || step.do === "zone" || step.do === "stop") return true;
    return "age" in step && isOutdated(state, { record: step.record, occurredAt: clock.now() - step.age });
  }

  /** To what comes next, whether or not the event has been taken in by then. */
  function passMeanwhile(event: Event): void {
    const then = copyOf(state);
    takeEvent(then, event, clock.now());
    const [next] = coming(then, clock.now());
    if (next !== undefined) clock.pass(next - clock.now());
    note(state, races, clock.now());
  }

  async function take(step: Step, index: number): Promise<void> {
    const now = clock.now();
    switch (step.do) {
      case "created":
      case "submitted":
      case "edited":
      case "deleted": {
        const { do: type, record, plan, origin, age } = step;
        const id = `evt-${index}`;
        const occurredAt = now - age;
        const event = { id, module: MODULE, type, record: bodyOf(record, plan), origin, occurredAt: new Date(occurredAt).toISOString() };
        const taken = ask(index, (engine) => engine.emitOne(event, { organization: ORGANIZATION, wait: false }));
        if (step.slow) passMeanwhile({ id, type, record, plan, occurredAt });
        await taken;
        const storedAt = (await store.events.event(ORGANIZATION, id))?.storedAt ?? now;
        takeEvent(state, { id, type, record, plan, occurredAt }, storedAt);
        return;
      }
      case "patch": {
        const { record, changes } = step;
        const kept = state.records.get(record);
        if (!kept || kept.deleted) return;
        await ask(index, (engine) => engine.records.patch(MODULE, record, changes, null, AUTHOR));
        const event = { id: `evt-${index}`, type: "edited", record, plan: { ...kept.plan, ...changes } } as const;
        takeEvent(state, { ...event, occurredAt: Math.max(now, kept.occurredAt) }, now);
        return;
      }
      case "redate":
        redate(state, step.rule, step.body, now);
        return define(index);
      case "rewait":
        rewait(state, step.body, now);
        return define(index);
      case "retick":
        retick(state, step.body, now);
        return define(index);
      case "zone":
        rezone(state, step.zone);
        return define(index);
      case "activate": {
        const id = await idOf(index, step.rule);
        redefined = true;
        await ask(index, (engine) => engine.definitions.activate(ORGANIZATION, id));
        return activate(state, step.rule, now);
      }
      case "deactivate": {
        const { rule, pendingRuns } = step;
        const id = await idOf(index, rule);
        redefined = true;
        await ask(index, (engine) => engine.definitions.deactivate(ORGANIZATION, id, pendingRuns));
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
        return clock.set(step.ms);
      case "freeze":
        return clock.freeze(step.ms);
      case "start":
        if (processes.length < MOST_PROCESSES) await add();
        return;
      case "stop":
        return (await someone(index)).stop().then(() => void processes.splice(index % processes.length, 1));
    }
  }

  for (let n = 0; n < history.processes; n++) await add();
  await define(0);
  await idOf(0, "first");
  await lookNow();
  for (const [index, step] of history.steps.entries()) {
    if (needsClarity(step)) await lookNow();
    if (unlookedSince !== null) note(state, races, clock.now());
    (await someone(index)).arm(step.kill);
    // Whoever does not know it yet may look while it is done, but for a clock that jumps.
    const since = step.do === "pass" || step.do === "reach" || step.do === "set" ? null : clock.now();
    await take(step, index);
    bury();
    unlookedSince ??= since ?? clock.now();
    if (step.looked || step.do === "set") await lookNow();
  }
  await lookNow();
  const log = await readLog(store, ruleName);
  for (const one of processes) await one.stop();
  await store.close();
  return [...errors, ...faultsIn(state, log, acts, clock.now())];
}

function bodyOf(record: string, plan: Plan): object {
  return { plan_id: record, ...plan };
}
