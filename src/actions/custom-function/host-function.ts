import type { JsonObject } from "../../model/json.ts";
import type { FunctionRecords } from "../action.ts";
import type { FunctionHttp } from "./http.ts";
import type { FunctionLog } from "./log.ts";
import type { FunctionMail } from "./mail.ts";

/** What a function is told (contract, section 5). `organization` has the seed's keys; `user` is the actor, where the organization knows them. */
export type FunctionInput = {
  readonly record: JsonObject;
  readonly previous: JsonObject | null;
  readonly organization: JsonObject;
  readonly user: JsonObject | null;
  readonly parameters: Readonly<Record<string, string>>;
};

/** What a function may use; each fails once the function's time is over. */
export type FunctionTools = {
  readonly http: FunctionHttp;
  readonly records: FunctionRecords;
  readonly mail: FunctionMail;
  readonly log: FunctionLog;
};

/** A function of the embedding program. It is trusted: it runs in this process and cannot be stopped. What it answers is kept if it is JSON. */
export type HostFunction = (input: FunctionInput, tools: FunctionTools) => unknown;

/**
 * Finds functions by name. A definition may write a function's name in kebab-case: `apply-late-fee` is `applyLateFee`, and the other way round;
 * a function of exactly the definition's name comes first.
 */
export function indexFunctions(functions: Readonly<Record<string, HostFunction>>) {
  const exact = new Map(Object.entries(functions));
  const alike = new Map(Object.entries(functions).map(([name, run]) => [camelCase(name), run]));
  return { names: [...exact.keys()], find: (name: string): HostFunction | null => exact.get(name) ?? alike.get(camelCase(name)) ?? null };
}

export type FunctionIndex = ReturnType<typeof indexFunctions>;

function camelCase(name: string): string {
  return name.replace(/-+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
