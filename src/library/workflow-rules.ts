import type { PendingRuns } from "../engine/definitions/use-cases.ts";
import type { Engine } from "../engine/engine.ts";
import type { Explanation } from "../engine/explain/explanation.ts";
import { Deactivation, Order } from "../rest/requests.ts";
import { checked, given, name } from "./ask.ts";
import { definitionMethods, type DefinitionMethods } from "./definitions.ts";
import type { Changes, WorkflowRuleInput, WorkflowRuleView } from "./documents.ts";
import type { Gate } from "./gate.ts";

/** What a rule is tried on. */
export type Trial = {
  readonly record: object;
  /** The stored record where left out. */
  readonly previous?: object | undefined;
  /** Of the event; the rule's first where left out. */
  readonly type?: string | undefined;
  /** `user` where left out. */
  readonly origin?: "user" | "api" | "fieldUpdate" | "function" | "sync" | "import" | undefined;
  /** ISO 8601; now where left out. */
  readonly at?: string | undefined;
};

/** The routes of `/v1/workflow-rules` as methods. */
export type WorkflowRules = DefinitionMethods<"WorkflowRule"> & {
  /** A copy, inactive unless the changes say otherwise; its name is made up where they do not give one. */
  clone(id: string, changes?: Changes<WorkflowRuleInput>): Promise<WorkflowRuleView>;
  /** Allowed for rules from files too, and holds until their document changes; so for `deactivate`. */
  activate(id: string): Promise<WorkflowRuleView>;
  /** Runs that it has planned are kept where nothing is said. */
  deactivate(id: string, options?: { readonly pendingRuns?: PendingRuns | undefined }): Promise<WorkflowRuleView>;
  /** Every rule of the module, in the order they shall run. */
  order(module: string, ids: readonly string[]): Promise<{ readonly data: readonly WorkflowRuleView[] }>;
  /** Would it fire for this record, and why or why not? Decides and does nothing. */
  explain(id: string, trial: Trial): Promise<Explanation>;
};

export function workflowRules(engine: Engine, organization: string, gate: Gate): WorkflowRules {
  const { definitions, explain } = engine;
  return {
    ...definitionMethods(engine, organization, gate, "WorkflowRule"),
    clone: (id, changes = {}) =>
      gate.answer(() => definitions.clone(organization, "WorkflowRule", name(id, "id"), given(changes, "changes"))),
    activate: (id) => gate.answer(() => definitions.activate(organization, name(id, "id"))),
    deactivate: (id, options = {}) =>
      gate.answer(() => definitions.deactivate(organization, name(id, "id"), checked(Deactivation, given(options, "options")).pendingRuns)),
    order: (module, ids) =>
      gate.answer(async () => {
        const asked = checked(Order, given({ module, ids }, "ids"));
        return { data: await definitions.order(organization, asked.module, asked.ids) };
      }),
    explain: (id, trial) => gate.answer(() => explain.rule(organization, name(id, "id"), given(trial, "a trial"))),
  };
}
