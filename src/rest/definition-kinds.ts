import type { NamedKind } from "../engine/definitions/view.ts";

/** A kind of definition with routes of its own, and what it is called there. */
export type DefinitionKind<K extends NamedKind = NamedKind> = { readonly kind: K; readonly path: string; readonly one: string };

/** The contract's order (section 3). */
export const DEFINITION_KINDS = [
  { kind: "WorkflowRule", path: "workflow-rules", one: "workflow rule" },
  { kind: "EmailTemplate", path: "email-templates", one: "email template" },
  { kind: "EmailAlert", path: "email-alerts", one: "email alert" },
  { kind: "InAppNotification", path: "in-app-notifications", one: "in-app notification" },
  { kind: "FieldUpdate", path: "field-updates", one: "field update" },
  { kind: "Webhook", path: "webhooks", one: "webhook" },
  { kind: "CustomFunction", path: "custom-functions", one: "custom function" },
  { kind: "Schedule", path: "schedules", one: "schedule" },
  { kind: "Connection", path: "connections", one: "connection" },
] as const satisfies readonly DefinitionKind[];

/** The heading under which the document lists a kind's routes. */
export function tagOf(path: string): string {
  return path.replaceAll("-", " ");
}
