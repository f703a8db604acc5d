import { findField } from "../../criteria/fields.ts";
import type { EmailAlert, EmailRecipient } from "../../model/actions/email-alert.ts";
import type { Issue } from "../../model/errors.ts";
import { isOneAddress } from "../../outbound/mail.ts";
import type { CheckContext } from "../action.ts";
import { unknownName } from "../../model/unknown-name.ts";
import { checkFieldPath } from "../field-path.ts";
import { checkPeople } from "../people.ts";

/** What is wrong with an alert beyond its schema: its template, recipients that no record can give, and the organization's limit. */
export function checkEmailAlert(definition: EmailAlert, context: CheckContext): readonly Issue[] {
  const { template, recipients, additionalRecipients } = definition;
  const most = context.organization.limits.additionalRecipients;
  return [
    ...(context.template(template)
      ? []
      : [unknownName("template", `template of module ${context.module.name}`, template, context.templates)]),
    ...(["from", "replyTo"] as const).flatMap((key) => checkAddress(definition[key], key)),
    ...recipients.flatMap((recipient, index) => checkRecipient(recipient, context, `recipients.${index}`)),
    ...(additionalRecipients.length > most
      ? [
          {
            path: "additionalRecipients",
            message: `expected at most ${most} additional recipients, got ${additionalRecipients.length}`,
            overLimit: true as const,
          },
        ]
      : []),
    ...additionalRecipients.flatMap((address, index) => checkAddress(address, `additionalRecipients.${index}`)),
  ];
}

function checkAddress(address: string | undefined, path: string): readonly Issue[] {
  return address === undefined || isOneAddress(address) ? [] : [{ path, message: `expected one plain mail address, got "${address}"` }];
}

function checkRecipient(recipient: EmailRecipient, { module, modules, organization }: CheckContext, path: string): readonly Issue[] {
  if ("user" in recipient || "role" in recipient) return checkPeople(recipient, organization, path);
  // Contacts come and go; one that is not stored when the alert runs is named there.
  if ("contact" in recipient) return [];
  if (!("lookup" in recipient)) return checkFieldPath(recipient.field, module, `${path}.field`, { many: true });
  const known = checkFieldPath(recipient.lookup, module, `${path}.lookup`, { many: false });
  if (known.length > 0) return known;
  const { field } = findField(module, recipient.lookup);
  const target = field?.type === "lookup" ? modules.get(field.module ?? "") : undefined;
  if (!target) {
    const lookups = module.fields.filter(({ type }) => type === "lookup").map(({ name }) => name);
    return [
      {
        path: `${path}.lookup`,
        message: `expected a lookup field with a known module, got "${recipient.lookup}"`,
        hint: `lookups: ${lookups.join(", ")}`,
      },
    ];
  }
  return checkFieldPath(recipient.field, target, `${path}.field`, { many: true });
}
