import { z } from "zod";

export const ACTION_TYPES = ["emailAlert", "inAppNotification", "fieldUpdate", "webhook", "customFunction"] as const;
export const ActionType = z.enum(ACTION_TYPES);
export type ActionType = z.infer<typeof ActionType>;

/** An action as a rule names it: the definition of that type and name in the rule's module. */
export const ActionReference = z.strictObject({
  type: ActionType.describe("The kind of action."),
  name: z.string().min(1).max(100).describe("The action's name: a definition of that kind in the rule's module."),
});
export type ActionReference = z.infer<typeof ActionReference>;

/** Types whose runs a day are limited, with the organization's limit that says how many (seed: 500 each). */
export const QUOTA_LIMITS = {
  emailAlert: "emailAlertsPerDay",
  webhook: "webhooksPerDay",
  customFunction: "customFunctionsPerDay",
} as const satisfies Partial<Record<ActionType, string>>;
export type QuotaType = keyof typeof QUOTA_LIMITS;

export function isQuotaType(type: ActionType): type is QuotaType {
  return Object.hasOwn(QUOTA_LIMITS, type);
}
