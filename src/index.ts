/**
 * Rulewright as a library: `openRulewright` opens an engine in this process, whose methods are those of the REST routes.
 * @module
 */
export { openRulewright } from "./library/open.ts";
export type { RulewrightOptions } from "./library/options.ts";
export type { EmitOptions, EventInput, Rulewright, Waited } from "./library/rulewright.ts";

export { RulewrightError } from "./model/errors.ts";
export type { ErrorCode, Issue } from "./model/errors.ts";
export type { Json, JsonObject } from "./model/json.ts";
export type { Page, PageOptions } from "./library/page.ts";

export type { Emitted } from "./engine/emit.ts";
export type { ActionRunView, AttemptView, EventView, ExecutionView, NotificationView } from "./engine/views.ts";
export type { EventQuery, LogMethods, NotificationQuery, RunQuery, UpcomingQuery } from "./library/log.ts";
export type { Calendar, Upcoming } from "./engine/upcoming/upcoming.ts";
export type { Usage } from "./engine/reading.ts";
export type { Explanation, ExplainedCondition, RuleExplanation } from "./engine/explain/explanation.ts";

export type { IfRevision, RecordMethods } from "./library/records.ts";
export type { DefinitionMethods, DefinitionQuery, IfVersion } from "./library/definitions.ts";
export type { Trial, WorkflowRules } from "./library/workflow-rules.ts";
export type { Schedules, TicksQuery } from "./library/schedules.ts";
export type { SettingsMethods } from "./library/settings.ts";
export type { ModuleView, PendingRuns } from "./engine/definitions/use-cases.ts";
export type { OrganizationView } from "./engine/definitions/view.ts";
export type { Limits } from "./model/organization.ts";
export type {
  Changes,
  ConnectionInput,
  ConnectionView,
  CustomFunctionInput,
  CustomFunctionView,
  DefinitionView,
  EmailAlertInput,
  EmailAlertView,
  EmailTemplateInput,
  EmailTemplateView,
  FieldUpdateInput,
  FieldUpdateView,
  InAppNotificationInput,
  InAppNotificationView,
  LimitsInput,
  ModuleInput,
  OrganizationInput,
  ScheduleInput,
  ScheduleView,
  VersionView,
  WebhookInput,
  WebhookView,
  WorkflowRuleInput,
  WorkflowRuleView,
} from "./library/documents.ts";

export type { Applied } from "./engine/definitions/apply.ts";
export type { Mistake } from "./files/mistake.ts";

export type { DateQuery, HostRecords } from "./engine/host-records.ts";
export type { FunctionInput, FunctionTools, HostFunction } from "./actions/custom-function/handler.ts";
