import type { InAppNotification } from "../../model/actions/in-app-notification.ts";
import type { Issue } from "../../model/errors.ts";
import type { CheckContext } from "../action.ts";
import { checkPeople } from "../people.ts";
import type { Templates } from "../templates/templates.ts";

/** What is wrong with a notification beyond its schema: its templates, and recipients whom the organization does not have. */
export function checkInAppNotification(
  { title, message, recipients }: InAppNotification,
  { organization, module }: Pick<CheckContext, "organization" | "module">,
  templates: Pick<Templates, "checkSource">,
): readonly Issue[] {
  return [
    ...templates.checkSource(title, "title", module),
    ...templates.checkSource(message, "message", module),
    ...recipients.flatMap((recipient, index) => checkPeople(recipient, organization, `recipients.${index}`)),
  ];
}
