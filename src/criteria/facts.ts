import type { JsonObject } from "../model/json.ts";
import type { Module } from "../model/module.ts";

/** What one evaluation looks at. */
export type Facts = {
  readonly record: JsonObject;
  readonly previous: JsonObject | null;
  /** The pair that change comparators look at, where it is another: a delayed run's re-check keeps their first verdict. */
  readonly changes?: { readonly record: JsonObject; readonly previous: JsonObject | null };
  /** YYYY-MM-DD: relative dates count from it. */
  readonly day: string;
};

/** What conditions are compiled for: a module of an organization in an IANA zone. */
export type CriteriaContext = { readonly module: Module; readonly zone: string };
