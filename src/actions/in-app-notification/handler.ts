import type { InAppNotification } from "../../model/actions/in-app-notification.ts";
import { oneLine } from "../../outbound/mail.ts";
import type { ActionHandler, ActionInput, ActionResult } from "../action.ts";
import { usersOf } from "../people.ts";
import { TemplateError, type Templates } from "../templates/templates.ts";
import { checkInAppNotification } from "./check.ts";

const SLOTS = 16;
/** Repeating is free of effects, so only a run that stops its worker each time must come to an end. */
const ATTEMPTS = 50;
const FIRST_DELAY_MS = 10_000;
const DELAY_MS = 60_000;

/** Puts a notification under the bell of each recipient, once per run and user. */
export function createInAppNotificationHandler({ templates }: { readonly templates: Templates }): ActionHandler<"InAppNotification"> {
  return {
    slots: SLOTS,
    check: (definition, context) => checkInAppNotification(definition, context, templates),
    attempts: () => ATTEMPTS,
    delayAfter: (attempt) => (attempt === 1 ? FIRST_DELAY_MS : DELAY_MS),
    run: (input) => notify(input, templates),
  };
}

async function notify(input: ActionInput<InAppNotification>, templates: Templates): Promise<ActionResult> {
  const { definition, organization } = input;
  const users = [...new Set(definition.recipients.flatMap((recipient) => usersOf(recipient, organization)).map(({ id }) => id))];
  if (users.length === 0)
    return { outcome: "skipped", reason: "noRecipient", note: "no user of the organization is one of the recipients" };
  try {
    const title = oneLine(templates.render(definition.title, input, { escape: false }));
    const message = templates.render(definition.message, input, { escape: false });
    await input.notify(users.map((user) => ({ user, title, message })));
    return { outcome: "succeeded", response: { users } };
  } catch (error) {
    if (error instanceof TemplateError) return { outcome: "failed", error: error.message, retry: false, response: null };
    throw error;
  }
}
