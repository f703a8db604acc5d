import { z } from "zod";
import { ModuleName, Name, OnQuotaExceeded, retryOf } from "./common.ts";

export const EmailRecipient = z.union(
  [
    z.strictObject({ field: z.string().min(1) }),
    z.strictObject({ lookup: z.string().min(1), field: z.string().min(1) }),
    z.strictObject({ contact: z.string().min(1) }),
    z.strictObject({ user: z.string().min(1) }),
    z.strictObject({ role: z.string().min(1) }),
  ],
  "expected { field }, { lookup, field }, { contact }, { user } or { role }",
);
export type EmailRecipient = z.infer<typeof EmailRecipient>;

export const EmailAlert = z
  .strictObject({
    name: Name,
    module: ModuleName,
    template: z.string().min(1),
    from: z.email().optional(),
    replyTo: z.email().optional(),
    recipients: z.array(EmailRecipient).default([]),
    additionalRecipients: z.array(z.email()).default([]),
    onQuotaExceeded: OnQuotaExceeded,
    /** 5 attempts over 24 hours. */
    retry: retryOf(5),
  })
  .refine((alert) => alert.recipients.length + alert.additionalRecipients.length > 0, {
    path: ["recipients"],
    message: "expected at least one of recipients, additionalRecipients",
  });
export type EmailAlert = z.infer<typeof EmailAlert>;
