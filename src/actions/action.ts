import type { ActionType } from "../model/action-type.ts";
import type { ActionKind, DocumentOf, KIND_OF_ACTION } from "../model/definition.ts";
import type { EmailTemplate } from "../model/actions/email-template.ts";
import type { Issue } from "../model/errors.ts";
import type { RecordEvent } from "../model/event.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Module, Modules } from "../model/module.ts";
import type { Organization, User } from "../model/organization.ts";
import type { RuleReference } from "../model/rule.ts";

/** What a handler is given: everything the run may look at, nothing it could keep. */
export type ActionInput<D> = {
  readonly definition: D;
  readonly runId: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** The instant of this attempt, ms. */
  readonly now: number;
  readonly organization: Organization;
  readonly module: Module;
  readonly modules: Modules;
  readonly rule: RuleReference | null;
  /** Null where a person runs the action by hand. */
  readonly event: RecordEvent | null;
  /** The event's record with the earlier updates; of a delayed run, the record as it is when due. */
  readonly record: JsonObject;
  readonly recordId: string;
  readonly previous: JsonObject | null;
  /** The actor of the event, where the organization knows the user. */
  readonly user: User | null;
  /** What an earlier attempt kept in `freeze`; null on the first. */
  readonly frozen: Json;
  /** A stored record, or null; for lookups and contacts. */
  lookup(module: string, id: string): Promise<JsonObject | null>;
  template(name: string): EmailTemplate | null;
  /** Puts in-app notifications under the bell, once per run and user however often it is repeated. */
  notify(notes: readonly { readonly user: string; readonly title: string; readonly message: string }[]): Promise<void>;
  /**
   * Changes the stored record once for this run, however often it is repeated; `change` is pure, sees the record as it is at that moment
   * and answers the top-level keys to set. The edit that this makes is taken in as an event of origin `fieldUpdate`.
   */
  updateRecord(
    change: (record: JsonObject) => JsonObject,
  ): Promise<{ readonly status: "updated" | "unchanged" | "applied" | "deleted"; readonly changes: JsonObject }>;
  /** The record store as a function sees it; what it writes are events of origin `function`. */
  readonly records: FunctionRecords;
  /** Aborts when the attempt may take no longer (shutdown). */
  readonly signal: AbortSignal;
};

export type FunctionRecords = {
  get(module: string, id: string): Promise<JsonObject | null>;
  /** Records whose fields equal the filters, at most 1,000. */
  query(module: string, filters: JsonObject): Promise<readonly JsonObject[]>;
  create(module: string, record: JsonObject): Promise<JsonObject>;
  update(module: string, id: string, changes: JsonObject): Promise<JsonObject>;
};

/**
 * How one attempt ended. `failed` with `retry: false` ends the run whatever attempts are left (a 410, a refused address);
 * `retryAfterMs` is what the other side asked for; `freeze` is kept and handed to the next attempt as `frozen`.
 */
export type ActionResult =
  | { readonly outcome: "succeeded"; readonly response: JsonObject | null; readonly note?: string }
  | {
      readonly outcome: "failed";
      readonly error: string;
      readonly retry: boolean;
      readonly retryAfterMs?: number;
      readonly response: JsonObject | null;
      readonly freeze?: Json;
    }
  | { readonly outcome: "skipped"; readonly reason: "noRecipient" | "recordDeleted" | "actionDisabled"; readonly note: string };

/** What a definition is checked against when it is saved. */
export type CheckContext = {
  readonly organization: Organization;
  readonly modules: Modules;
  readonly module: Module;
  /** The template of that name in the definition's module. */
  template(name: string): EmailTemplate | null;
  /** Names of the module's templates, for hints. */
  readonly templates: readonly string[];
  /** Names of the organization's connections. */
  readonly connections: readonly string[];
};

/** One action type: how it runs and when it is tried again. */
export type ActionHandler<K extends ActionKind> = {
  /** Runs that may be in flight in one process. */
  readonly slots: number;
  /** What the schema cannot see: references, types, placeholders. Paths are relative to the definition. */
  check(definition: DocumentOf<K>, context: CheckContext): readonly Issue[];
  /** Attempts a run of this definition gets, the first included. */
  attempts(definition: DocumentOf<K>): number;
  /** Ms to wait after the attempt of that number failed. */
  delayAfter(attempt: number): number;
  run(input: ActionInput<DocumentOf<K>>): Promise<ActionResult>;
};

/** One row a type: an action type without a handler does not compile. */
export type ActionHandlers = { readonly [T in ActionType]: ActionHandler<(typeof KIND_OF_ACTION)[T]> };
