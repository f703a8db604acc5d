import type { CustomFunction } from "../../model/actions/custom-function.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Module, Modules } from "../../model/module.ts";
import { organizationMap } from "../../model/organization.ts";
import type { HttpClient } from "../../outbound/http.ts";
import type { Mailer } from "../../outbound/mail.ts";
import type { ActionHandler, ActionInput, ActionResult } from "../action.ts";
import { contactOf, type PlaceholderValues } from "../placeholders/placeholders.ts";
import { userMap } from "../templates/data.ts";
import { checkCustomFunction } from "./check.ts";
import { systemDeadline, type StartDeadline, withDeadline } from "./deadline.ts";
import { type FunctionTools, type HostFunction, indexFunctions } from "./host-function.ts";
import { functionHttp } from "./http.ts";
import { functionLog, type FunctionLogger } from "./log.ts";
import { functionMail } from "./mail.ts";
import { keptResult } from "./result.ts";
import { guardRecords } from "./records.ts";

export type { FunctionInput, FunctionTools, HostFunction } from "./host-function.ts";

const SLOTS = 256;
const MINUTE = 60_000;
/** Ms between one attempt and the next, for definitions that ask for more than one. */
const DELAYS = [MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE] as const;

export type CustomFunctionDependencies = {
  /** Of the embedding program, by name. */
  readonly functions: Readonly<Record<string, HostFunction>>;
  readonly http: Pick<HttpClient, "request">;
  readonly mailer: Pick<Mailer, "send">;
  readonly log: FunctionLogger;
  /** Takes a parameter's text with placeholders apart. */
  readonly expand: (
    text: string,
    context: "plain",
    module: Module,
    modules: Modules,
  ) => { readonly usesContact: boolean; expand(values: PlaceholderValues): string };
  readonly deadline?: StartDeadline;
};

/** Runs functions of the embedding program. A function cannot be stopped: when its time is over the attempt fails and its tools stop working. */
export function createCustomFunctionHandler(dependencies: CustomFunctionDependencies): ActionHandler<"CustomFunction"> {
  const functions = indexFunctions(dependencies.functions);
  return {
    slots: SLOTS,
    check: (definition, context) => checkCustomFunction(definition, context, functions),
    attempts: (definition) => definition.retry.attempts,
    delayAfter: (attempt) => DELAYS[attempt - 1] ?? DELAYS[3],
    async run(input) {
      const { language, connections } = input.definition;
      if (language === "javascript") return notYet("sandboxed functions are not supported yet; use language: host");
      if (connections.length > 0) return notYet("connections are not supported yet");
      const found = functions.find(input.definition.name);
      if (!found) return { outcome: "failed", error: missing(input.definition.name, functions.names), retry: false, response: null };
      return call(found, input, dependencies);
    },
  };
}

async function call(
  run: HostFunction,
  input: ActionInput<CustomFunction>,
  dependencies: CustomFunctionDependencies,
): Promise<ActionResult> {
  const { definition, runId, record, previous, organization, user } = input;
  const seconds = definition.timeoutSeconds;
  const { log, lines } = functionLog(dependencies.log, { run: runId, function: definition.name });
  const parameters = await parametersOf(input, dependencies.expand);
  const ended = await withDeadline(
    async (signal) => {
      const tools: FunctionTools = {
        http: functionHttp(dependencies.http, seconds * 1000, signal),
        records: guardRecords(input.records, signal),
        mail: functionMail(dependencies.mailer, runId, signal),
        log,
      };
      return run({ record, previous, organization: organizationMap(organization), user: userMap(user), parameters }, tools);
    },
    { ms: seconds * 1000, stop: input.signal, start: dependencies.deadline ?? systemDeadline },
  );
  const logged: JsonObject = lines.length > 0 ? { log: [...lines] } : {};
  switch (ended.how) {
    case "returned":
      return { outcome: "succeeded", response: responseOf({ ...keptResult(ended.value), ...logged }) };
    case "threw":
      return { outcome: "failed", error: messageOf(ended.error), retry: true, response: responseOf(logged) };
    case "timedOut":
      return {
        outcome: "failed",
        error: `the function did not end within ${seconds} s; it cannot be stopped and may still be running, but its http, records and mail work no more`,
        retry: true,
        response: responseOf(logged),
      };
    case "stopped":
      return { outcome: "failed", error: "given up: this process is stopping", retry: true, response: responseOf(logged) };
  }
}

async function parametersOf(
  input: ActionInput<CustomFunction>,
  expand: CustomFunctionDependencies["expand"],
): Promise<Readonly<Record<string, string>>> {
  const { definition, module, modules, record, organization, user } = input;
  const texts = definition.parameters.map(({ name, value }) => [name, expand(value, "plain", module, modules)] as const);
  const usesContact = texts.some(([, text]) => text.usesContact);
  const contact = usesContact ? await contactOf(module, modules, record, (name, id) => input.lookup(name, id)) : null;
  const values: PlaceholderValues = { record, contact, organization, user, payload: () => JSON.stringify({ [module.singular]: record }) };
  return Object.fromEntries(texts.map(([name, text]) => [name, text.expand(values)]));
}

function missing(name: string, known: readonly string[]): string {
  const there = known.length > 0 ? `there are ${known.join(", ")}` : "it was given none";
  return `this process has no function "${name}"; ${there}`;
}

/** Said by the run, so that rule files may hold today what a later version runs. */
function notYet(error: string): ActionResult {
  return { outcome: "failed", error, retry: false, response: null };
}

function responseOf(response: JsonObject): JsonObject | null {
  return Object.keys(response).length > 0 ? response : null;
}

function messageOf(error: unknown): string {
  return `the function failed: ${error instanceof Error ? error.message : String(error)}`.slice(0, 1000);
}
