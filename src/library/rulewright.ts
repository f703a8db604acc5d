/// <reference lib="esnext.disposable" preserve="true" />
import type { Applied } from "../engine/definitions/apply.ts";
import type { Emitted } from "../engine/emit.ts";
import type { Mistake } from "../files/mistake.ts";
import type { DefinitionMethods } from "./definitions.ts";
import type { LogMethods } from "./log.ts";
import type { RecordMethods } from "./records.ts";
import type { Schedules } from "./schedules.ts";
import type { SettingsMethods } from "./settings.ts";
import type { WorkflowRules } from "./workflow-rules.ts";

/** An event as a host sends it. Values are taken as JSON holds them, and copied. */
export type EventInput = {
  /** Yours, 1 to 128 of A-Z a-z 0-9 _ . : -. The same id and content again is a `duplicate`; made where left out. */
  readonly id?: string | undefined;
  /** `invoices`, `quotes`, ... or a module of your own. */
  readonly module: string;
  /** `created`, `edited`, `deleted`, `submitted`, `approved`, `rejected`, or a custom trigger of the module. */
  readonly type: string;
  /** The record as a whole, with its id; it replaces the stored one. */
  readonly record: object;
  /** As it was before an edit; the stored record where left out. */
  readonly previous?: object | null | undefined;
  /** ISO 8601; now where left out. */
  readonly occurredAt?: string | undefined;
  /** The user who caused it. */
  readonly actor?: { readonly id: string } | null | undefined;
  /** `api` where left out. Rules run for `function`, `sync` and `import` only where they ask for it. */
  readonly origin?: "user" | "api" | "function" | "sync" | "import" | undefined;
};

export type EmitOptions = {
  /** Resolve when the immediate actions have settled (10 s at most, then as they stand), with the executions; else when the event is durable. */
  readonly wait?: boolean | undefined;
};

/** What became of an event that was waited for; of a `duplicate`, what it led to when it was sent first. */
export type Waited = Emitted & Required<Pick<Emitted, "executions">>;

/** An engine in this process: what the REST routes offer, as methods of the same names and shapes. Every method throws RulewrightError `conflict` once it is closed. */
export type Rulewright = LogMethods &
  SettingsMethods & {
    /**
     * Takes one event in.
     * @throws RulewrightError validation_failed, idempotency_conflict, overloaded, rate_limited
     */
    emit(event: EventInput, options: EmitOptions & { readonly wait: true }): Promise<Waited>;
    emit(event: EventInput, options?: EmitOptions): Promise<Emitted>;
    /**
     * Takes up to 1,000 events in: one that is not valid refuses all, each of the others is stored for itself.
     * @throws RulewrightError validation_failed, overloaded, rate_limited
     */
    emit(events: readonly EventInput[], options?: EmitOptions): Promise<{ readonly data: readonly Emitted[] }>;
    /** Resolves when everything that is due now is settled. */
    idle(): Promise<void>;
    /** Lets what runs come to an end (20 s at most) and lets go of the store. Idempotent. */
    close(): Promise<void>;
    /** `await using rulewright = await openRulewright(...)` closes it at the end of the block. */
    [Symbol.asyncDispose](): Promise<void>;

    readonly workflowRules: WorkflowRules;
    readonly emailTemplates: DefinitionMethods<"EmailTemplate">;
    readonly emailAlerts: DefinitionMethods<"EmailAlert">;
    readonly inAppNotifications: DefinitionMethods<"InAppNotification">;
    readonly fieldUpdates: DefinitionMethods<"FieldUpdate">;
    readonly webhooks: DefinitionMethods<"Webhook">;
    readonly customFunctions: DefinitionMethods<"CustomFunction">;
    readonly schedules: Schedules;
    readonly connections: DefinitionMethods<"Connection">;
    readonly records: RecordMethods;

    /**
     * Applies a folder of rule files as one unit, by default the one that this was opened with: new and changed documents become new versions, missing ones are deactivated.
     * @throws RulewrightError validation_failed with every mistake; nothing is applied then
     */
    applyRules(folder?: string): Promise<Applied>;
    /** Every mistake of these folders or files, checked together with what is stored; applies nothing. */
    validateRules(paths: string | readonly string[]): Promise<readonly Mistake[]>;
  };
