import { z } from "zod";
import { ModuleName, Name, OnQuotaExceeded, retryOf } from "./common.ts";

export const EmailRecipient = z.union(
  [
    z.strictObject({ field: z.string().min(1).describe("A field of the record that holds one address or a list of them.") }),
    z.strictObject({
      lookup: z.string().min(1).describe("A lookup field of the record; the address is in the record that it points to."),
      field: z.string().min(1).describe("The field of that other record that holds one address or a list of them."),
    }),
    z.strictObject({ contact: z.string().min(1).describe("The id of one contact.") }),
    z.strictObject({ user: z.string().min(1).describe("The id of one of the organization's users.") }),
    z.strictObject({ role: z.string().min(1).describe("A role; all users of the organization who have it.") }),
  ],
  "expected { field }, { lookup, field }, { contact }, { user } or { role }",
);
export type EmailRecipient = z.infer<typeof EmailRecipient>;

export const EmailAlert = z
  .strictObject({
    name: Name,
    module: ModuleName,
    template: z.string().min(1).describe("The name of an EmailTemplate of the same module."),
    from: z.email().optional().describe("The sender; without it the sender that the server is configured with."),
    replyTo: z.email().optional().describe("Where answers go, if not to the sender."),
    recipients: z
      .array(EmailRecipient)
      .default([])
      .describe("Who gets the mail; needed unless there are additional recipients. What is not one valid address is left out and logged."),
    additionalRecipients: z
      .array(z.email())
      .default([])
      .describe("More addresses, whatever the record; at most 10 as in Zoho Books (limits.additionalRecipients)."),
    onQuotaExceeded: OnQuotaExceeded,
    retry: retryOf(5, "Five attempts take 24 hours."),
  })
  .refine((alert) => alert.recipients.length + alert.additionalRecipients.length > 0, {
    path: ["recipients"],
    message: "expected at least one of recipients, additionalRecipients",
  })
  .describe("A mail made from a template, one message to all its recipients.");
export type EmailAlert = z.infer<typeof EmailAlert>;
