import { pino } from "pino";
import { compose, DEFAULT_ORGANIZATION, type Application } from "../compose.ts";
import type { Emitted } from "../engine/emit.ts";
import type { Engine } from "../engine/engine.ts";
import { executionView, runView, type ExecutionView } from "../engine/views.ts";
import { validationError } from "../model/issues.ts";
import { given } from "./ask.ts";
import { definitionMethods } from "./definitions.ts";
import { rememberEmbedded } from "./embedded.ts";
import { createGate, type Gate } from "./gate.ts";
import { logMethods } from "./log.ts";
import { readOptions, type RulewrightOptions } from "./options.ts";
import { recordMethods } from "./records.ts";
import { applyRules, validateRules } from "./rule-files.ts";
import type { EmitOptions, EventInput, Rulewright, Waited } from "./rulewright.ts";
import { scheduleMethods } from "./schedules.ts";
import { settingsMethods } from "./settings.ts";
import { workflowRules } from "./workflow-rules.ts";

const DRAIN_MS = 20_000;

/**
 * Opens an engine in this process. Several may be open at once, on stores of their own or on the same SQLite file.
 * @throws RulewrightError validation_failed for options or rule files that are wrong; nothing is applied then.
 */
export async function openRulewright(options: RulewrightOptions = {}): Promise<Rulewright> {
  const { config, rules, functions, records } = readOptions(options, process.env);
  const log = pino({ level: config.logLevel }, pino.destination(2));
  const app = await compose(config, { log, functions, hostRecords: records });
  try {
    if (rules !== null) await applyRules(app.engine, DEFAULT_ORGANIZATION, rules);
  } catch (error) {
    await app.close(0);
    throw error;
  }
  app.engine.start();
  const gate = createGate();
  const rulewright: Rulewright = {
    ...flowMethods(app, gate),
    ...logMethods(app.engine, DEFAULT_ORGANIZATION, gate),
    ...settingsMethods(app.engine, DEFAULT_ORGANIZATION, gate),
    ...allDefinitions(app.engine, gate),
    records: recordMethods(app.engine, DEFAULT_ORGANIZATION, gate),
    ...fileMethods(app.engine, rules, gate),
  };
  rememberEmbedded(rulewright, { engine: app.engine, organization: DEFAULT_ORGANIZATION, log, gate });
  return rulewright;
}

function flowMethods(app: Application, gate: Gate): Pick<Rulewright, "emit" | "idle" | "close" | typeof Symbol.asyncDispose> {
  const { engine } = app;
  let closed: Promise<void> | null = null;

  function emit(event: EventInput, options: EmitOptions & { readonly wait: true }): Promise<Waited>;
  function emit(event: EventInput, options?: EmitOptions): Promise<Emitted>;
  function emit(events: readonly EventInput[], options?: EmitOptions): Promise<{ readonly data: readonly Emitted[] }>;
  function emit(input: EventInput | readonly EventInput[], { wait = false }: EmitOptions = {}): Promise<unknown> {
    const options = { organization: DEFAULT_ORGANIZATION, wait };
    return gate.run(async () => {
      if (!Array.isArray(input)) {
        const emitted = await engine.emitOne(given(input, "an event"), options);
        return wait && emitted.executions === undefined ? { ...emitted, executions: await executionsOf(engine, emitted.id) } : emitted;
      }
      // Each for itself: the list is a level that does not count as an event's own.
      const events = input.map((event) => given(event, "an event"));
      return { data: await engine.emit(events, options) };
    });
  }

  async function close(): Promise<void> {
    gate.close();
    await Promise.all([engine.stop(DRAIN_MS), gate.quiet(DRAIN_MS)]);
    await app.close(0);
  }

  const closeOnce = (): Promise<void> => (closed ??= close());
  return { emit, idle: () => gate.run(() => engine.idle()), close: closeOnce, [Symbol.asyncDispose]: closeOnce };
}

/** In the order they were planned; the log lists the newest first. */
async function executionsOf(engine: Engine, event: string): Promise<readonly ExecutionView[]> {
  const { data } = await engine.reading.executions({ organization: DEFAULT_ORGANIZATION, event }, { limit: 200, cursor: null });
  return data.toReversed().map((execution) => executionView(execution, runView));
}

function allDefinitions(engine: Engine, gate: Gate) {
  return {
    workflowRules: workflowRules(engine, DEFAULT_ORGANIZATION, gate),
    emailTemplates: definitionMethods(engine, DEFAULT_ORGANIZATION, gate, "EmailTemplate"),
    emailAlerts: definitionMethods(engine, DEFAULT_ORGANIZATION, gate, "EmailAlert"),
    inAppNotifications: definitionMethods(engine, DEFAULT_ORGANIZATION, gate, "InAppNotification"),
    fieldUpdates: definitionMethods(engine, DEFAULT_ORGANIZATION, gate, "FieldUpdate"),
    webhooks: definitionMethods(engine, DEFAULT_ORGANIZATION, gate, "Webhook"),
    customFunctions: definitionMethods(engine, DEFAULT_ORGANIZATION, gate, "CustomFunction"),
    schedules: scheduleMethods(engine, DEFAULT_ORGANIZATION, gate),
    connections: definitionMethods(engine, DEFAULT_ORGANIZATION, gate, "Connection"),
  };
}

function fileMethods(engine: Engine, opened: string | null, gate: Gate): Pick<Rulewright, "applyRules" | "validateRules"> {
  return {
    applyRules: (folder = opened ?? undefined) =>
      gate.answer(async () => {
        if (folder === undefined) throw validationError([{ path: "folder", message: "expected a folder: this was opened without rules" }]);
        return applyRules(engine, DEFAULT_ORGANIZATION, folder);
      }),
    validateRules: (paths) => gate.answer(() => validateRules(engine, DEFAULT_ORGANIZATION, [paths].flat())),
  };
}
