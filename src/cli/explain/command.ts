import { DEFAULT_ORGANIZATION, type Application } from "../../compose.ts";
import { readConfig, type Flags } from "../../config.ts";
import type { RuleExplanation } from "../../engine/explain/explanation.ts";
import { RulewrightError } from "../../model/errors.ts";
import type { JsonObject } from "../../model/json.ts";
import { recordId } from "../../model/record.ts";
import type { WorkflowRule } from "../../model/rule.ts";
import type { StoredEvent } from "../../store/events.ts";
import type { Io } from "../io.ts";
import { openStore } from "../open-store.ts";
import { createPaint } from "../paint.ts";
import { printableText } from "../printable.ts";
import { readInput } from "../read-input.ts";
import { findRule } from "./find-rule.ts";
import { instantInWords } from "./instants.ts";
import { openForRule } from "./open.ts";
import { explanationInWords, type Subject } from "./words.ts";

export type ExplainFlags = Flags & {
  readonly event?: string;
  readonly module?: string;
  readonly type?: string;
  readonly origin?: string;
  readonly at?: string;
  readonly json?: boolean;
};

/** `rulewright explain`: why a rule would fire for a record or not, or why each rule did or did not for an event. Decides and does nothing. */
export async function explainCommand(rule: string | undefined, file: string | undefined, flags: ExplainFlags, io: Io): Promise<number> {
  if (flags.event !== undefined) return explainEvent(flags.event, rule, flags, io);
  if (rule === undefined)
    throw mistake("Expected a rule and a record, such as `rulewright explain thank-you invoice.json`, or --event <id>");
  if (file === undefined) throw mistake(`Expected a record to try rule "${rule}" on: a JSON file, or - for standard input`);
  return explainRule(rule, file, flags, io);
}

async function explainRule(named: string, file: string, flags: ExplainFlags, io: Io): Promise<number> {
  const { module, type, origin, at, json, store, rules, logLevel } = flags;
  const input = await readInput(file, io);
  const app = await openForRule(definedOnly({ store, rules, logLevel }), io);
  try {
    const { engine, clock } = app;
    const rule = await findRule(engine, DEFAULT_ORGANIZATION, named, module);
    const instant = at ?? new Date(clock.now()).toISOString();
    const trial = { ...input, ...definedOnly({ type, origin }), at: instant };
    const explanation = await engine.explain.rule(DEFAULT_ORGANIZATION, rule.id, trial);
    if (json) io.out(`${JSON.stringify(explanation)}\n`);
    else {
      const first = rule.trigger.type === "event" ? rule.trigger.on[0] : "date";
      const occurredAt = new Date(instant).toISOString();
      const about = { rule, document: rule, record: input.record, type: type ?? first ?? "created", origin: origin ?? "user", occurredAt };
      io.out(
        explanationInWords(
          explanation,
          { ...about, ...titled(app, rule.module, input.record), storedAt: occurredAt },
          createPaint(io.colours),
        ),
      );
      // An explanation must not promise what this version does not do.
      const named = [rule.name, ...explanation.plan.map(({ action }) => action.name)].map((name) => `"${name}":`);
      const notYet = engine.notRunYet(DEFAULT_ORGANIZATION).filter((line) => named.some((name) => line.includes(name)));
      for (const line of notYet) io.out(`  Not run yet by this version: ${line}\n`);
    }
    return 0;
  } finally {
    await app.close(0);
  }
}

async function explainEvent(id: string, rule: string | undefined, flags: ExplainFlags, io: Io): Promise<number> {
  const { type, origin, at, module, rules, json, store, logLevel } = flags;
  const others = Object.entries(
    definedOnly({ rule, "--rules": rules, "--module": module, "--type": type, "--origin": origin, "--at": at }),
  );
  if (others.length > 0)
    throw mistake(`--event explains every rule for one event that is stored; leave out ${others.map(([name]) => name).join(", ")}`);
  const app = await openStore(readConfig(io.env, { logLevel: "warn", ...definedOnly({ store, logLevel }) }));
  try {
    const explanations = await app.engine.explain.event(DEFAULT_ORGANIZATION, id);
    if (json) io.out(`${JSON.stringify({ data: explanations })}\n`);
    else io.out(await eventInWords(app, await app.engine.reading.event(DEFAULT_ORGANIZATION, id), explanations, io));
    return 0;
  } finally {
    await app.close(0);
  }
}

/** One paragraph a rule, those that fired first. */
async function eventInWords(app: Application, event: StoredEvent, explanations: readonly RuleExplanation[], io: Io): Promise<string> {
  const paint = createPaint(io.colours);
  const { type, origin, record, occurrence } = event;
  const about = {
    ...titled(app, event.module, record),
    record,
    type,
    origin,
    occurredAt: new Date(event.occurredAt).toISOString(),
    storedAt: new Date(event.storedAt).toISOString(),
  };
  const instant = instantInWords(about.occurredAt, about.zone);
  if (occurrence !== null && type === "schedule")
    return `Event ${event.id}: a schedule's time came on ${instant}; it runs its function and asks no rules.\n`;
  const what =
    occurrence === null ? `${about.title} was ${type} on ${instant}, origin ${origin}` : `a date of ${about.title} came on ${instant}`;
  const heading = `Event ${event.id}: ${what}`;
  const paragraphs: string[] = [];
  for (const explanation of explanations.toSorted((a, b) => Number(b.fires) - Number(a.fires))) {
    const { rule } = explanation;
    paragraphs.push(explanationInWords(explanation, { ...about, rule, document: await versionOf(app, rule) }, paint));
  }
  return [heading, "", ...(paragraphs.length > 0 ? paragraphs : [`Module ${event.module} had no rules then.`, ""])].join("\n");
}

/** The version of a rule that was asked; null where the rule was removed since. */
async function versionOf({ engine }: Application, { id, version }: RuleExplanation["rule"]): Promise<WorkflowRule | null> {
  try {
    // The cursor is the engine's to make, and an older version than these is not worth a walk.
    const { data } = await engine.definitions.versions(DEFAULT_ORGANIZATION, "WorkflowRule", id, { limit: 200, cursor: null });
    return data.find((each) => each.version === version) ?? null;
  } catch (error) {
    if (error instanceof RulewrightError && error.code === "not_found") return null;
    throw error;
  }
}

/** "invoice 90300" and the zone that its instants are told in. */
function titled({ engine }: Application, name: string, record: JsonObject): Pick<Subject, "module" | "title" | "zone"> {
  const module = engine.settings.module(DEFAULT_ORGANIZATION, name);
  const { id } = recordId(module, record);
  const zone = engine.settings.organization(DEFAULT_ORGANIZATION).timeZone;
  return { module: module.name, title: id === null ? `this ${module.singular}` : `${module.singular} ${printableText(id)}`, zone };
}

function definedOnly<T extends object>(flags: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // What is left out of the object is what `?` says; the values are those of T.
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function mistake(message: string): RulewrightError {
  return new RulewrightError("validation_failed", message);
}
