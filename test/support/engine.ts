import { parseAllDocuments } from "yaml";
import type { ActionHandler, ActionHandlers, ActionInput, ActionResult } from "../../src/actions/action.ts";
import { createFieldUpdateHandler } from "../../src/actions/field-update/handler.ts";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import type { Emitted } from "../../src/engine/emit.ts";
import type { HostRecords } from "../../src/engine/host-records.ts";
import type { Logger } from "../../src/engine/log.ts";
import type { ActionRunView } from "../../src/engine/views.ts";
import type { ActionKind, Document, Kind } from "../../src/model/definition.ts";
import { KINDS } from "../../src/model/definition.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { manualClock, type ManualClock } from "./manual-clock.ts";

export const ORGANIZATION = "default";

/** One call of a recording handler. */
export type Call = { readonly type: string; readonly input: ActionInput<{ readonly name: string }> };

export type TestEngine = {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: ManualClock;
  /** What the recording handlers were asked to do, in order. */
  readonly calls: Call[];
  /** Says how the next runs of an action end; succeeds where nothing is said. */
  answer(name: string, ...results: (ActionResult | Promise<ActionResult>)[]): void;
  /** What an action does before it succeeds. */
  run(name: string, work: (input: Call["input"]) => Promise<void>): void;
  apply(yaml: string): Promise<void>;
  /** Takes one event in and waits for its immediate actions. */
  emit(event: object): Promise<Emitted>;
  /** Every run, newest first. */
  runs(): Promise<readonly ActionRunView[]>;
  close(): Promise<void>;
};

export type TestEngineOptions = {
  readonly store?: Store;
  readonly clock?: ManualClock;
  /** Of each action type but field updates. */
  readonly slots?: number;
  readonly log?: Logger;
  readonly hostRecords?: HostRecords;
  /** Everything is kept where it is left out. */
  readonly retentionDays?: number;
};

/** The engine on a real store with a clock that stands still; field updates are real, what would leave the process is recorded. */
export async function testEngine(options: TestEngineOptions = {}): Promise<TestEngine> {
  const store = options.store ?? openSqliteStore(":memory:");
  const clock = options.clock ?? manualClock();
  const calls: Call[] = [];
  const works = new Map<string, (input: Call["input"]) => Promise<void>>();
  const answers = new Map<string, (ActionResult | Promise<ActionResult>)[]>();

  function recording<K extends Exclude<ActionKind, "FieldUpdate">>(type: string, attempts: number): ActionHandler<K> {
    return {
      slots: options.slots ?? 8,
      check: () => [],
      attempts: (definition) => ("retry" in definition ? definition.retry.attempts : attempts),
      delayAfter: (attempt) => attempt * 60_000,
      run: async (input) => {
        calls.push({ type, input });
        await works.get(input.definition.name)?.(input);
        return answers.get(input.definition.name)?.shift() ?? { outcome: "succeeded", response: null };
      },
    };
  }

  const handlers: ActionHandlers = {
    emailAlert: recording<"EmailAlert">("emailAlert", 5),
    inAppNotification: recording<"InAppNotification">("inAppNotification", 5),
    fieldUpdate: createFieldUpdateHandler(),
    webhook: recording<"Webhook">("webhook", 10),
    customFunction: recording<"CustomFunction">("customFunction", 1),
  };
  const log = options.log ?? { info: () => undefined, warn: () => undefined, error: () => undefined };
  const secrets = { seal: (text: string) => `sealed:${text}`, open: (sealed: string) => sealed.replace("sealed:", "") };
  const engine = await createEngine({
    store,
    handlers,
    clock,
    wakeUps: clock.wakeUps,
    secrets,
    log,
    retentionDays: options.retentionDays ?? 0,
    hostRecords: options.hostRecords,
    checkTemplate: () => [],
  });
  engine.start();

  return {
    engine,
    store,
    clock,
    calls,
    answer: (name, ...results) => void answers.set(name, [...(answers.get(name) ?? []), ...results]),
    run: (name, work) => void works.set(name, work),
    async apply(yaml) {
      const documents = documentsOf(yaml);
      const { issues } = await engine.applyFiles(ORGANIZATION, documents);
      if (issues !== null) throw new Error(JSON.stringify(issues));
    },
    emit: (event) => engine.emitOne(event, { organization: ORGANIZATION, wait: true }),
    async runs() {
      const { runView } = await import("../../src/engine/views.ts");
      const page = await store.runs.runs({ organization: ORGANIZATION }, { limit: 200, cursor: null });
      return page.data.map(runView);
    },
    async close() {
      await engine.stop(0);
      await store.close();
    },
  };
}

/** Documents of a YAML text, parsed by their schemas. */
export function documentsOf(yaml: string): readonly Document[] {
  return parseAllDocuments(yaml).map((parsed) => {
    const { kind, ...rest } = parsed.toJS() as { kind: Kind };
    // The schema of a kind gives that kind's document; TypeScript cannot follow the pair through the table.
    return { kind, document: KINDS[kind].parse(rest) } as Document;
  });
}
