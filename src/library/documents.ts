import type { z } from "zod";
import type { Kind, KINDS } from "../model/definition.ts";
import type { Limits } from "../model/organization.ts";
import type { DefinitionView, NamedKind, VersionView } from "../engine/definitions/view.ts";

/** A kind's document as it is written: what has a default may be left out. */
export type DocumentInput<K extends Kind> = z.input<(typeof KINDS)[K]>;

/** A workflow rule as it is written in a file or given to `workflowRules.create`: module, trigger, 1 to 10 conditions with their actions. */
export type WorkflowRuleInput = DocumentInput<"WorkflowRule">;
/** Subject, HTML and text of a mail; `{{ }}` is Handlebars. */
export type EmailTemplateInput = DocumentInput<"EmailTemplate">;
/** A mail to recipients of the record, made by a template. */
export type EmailAlertInput = DocumentInput<"EmailAlert">;
/** A note under the bell of users. */
export type InAppNotificationInput = DocumentInput<"InAppNotification">;
/** One field of the record, and what it is set to. */
export type FieldUpdateInput = DocumentInput<"FieldUpdate">;
/** A call to another system; `${ }` holds placeholders. */
export type WebhookInput = DocumentInput<"Webhook">;
/** Code that a rule runs; `language: "host"` names a function given to `openRulewright`. */
export type CustomFunctionInput = DocumentInput<"CustomFunction">;
/** A custom function on a recurrence. */
export type ScheduleInput = DocumentInput<"Schedule">;
/** Credentials of webhooks and functions; secrets come from the environment. */
export type ConnectionInput = DocumentInput<"Connection">;
/** The organization; its limits stay as they are where left out. */
export type OrganizationInput = DocumentInput<"Organization">;
/** Limits; those left out have their defaults again. */
export type LimitsInput = z.input<typeof Limits>;
/** More fields for a built-in module, or a module of one's own. */
export type ModuleInput = Omit<DocumentInput<"Module">, "name">;

export type WorkflowRuleView = DefinitionView<"WorkflowRule">;
export type EmailTemplateView = DefinitionView<"EmailTemplate">;
export type EmailAlertView = DefinitionView<"EmailAlert">;
export type InAppNotificationView = DefinitionView<"InAppNotification">;
export type FieldUpdateView = DefinitionView<"FieldUpdate">;
export type WebhookView = DefinitionView<"Webhook">;
export type CustomFunctionView = DefinitionView<"CustomFunction">;
export type ScheduleView = DefinitionView<"Schedule">;
export type ConnectionView = DefinitionView<"Connection">;
export type { DefinitionView, NamedKind, VersionView };

/** Keys to set; null takes one out, so that it has its default again. */
export type Changes<Document> = Document extends unknown ? { readonly [Key in keyof Document]?: Document[Key] | null } : never;
