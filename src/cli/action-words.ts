import type { ActionReference, ActionType } from "../model/action-type.ts";

const TYPES: Readonly<Record<ActionType, string>> = {
  emailAlert: "email alert",
  inAppNotification: "in-app notification",
  fieldUpdate: "field update",
  webhook: "webhook",
  customFunction: "custom function",
};

/** `email alert "thank-you"`. */
export function actionInWords({ type, name }: ActionReference): string {
  return `${TYPES[type]} "${name}"`;
}
