import { z } from "zod";
import { ModuleName, Name } from "./common.ts";

export const InAppNotification = z
  .strictObject({
    name: Name,
    module: ModuleName,
    title: z.string().min(1).max(500).describe("The line that is seen first; {{ }} is Handlebars."),
    message: z.string().max(10_000).default("").describe("The text below it; {{ }} is Handlebars."),
    recipients: z
      .array(
        z.union(
          [
            z.strictObject({ role: z.string().min(1).describe("A role; all users of the organization who have it.") }),
            z.strictObject({ user: z.string().min(1).describe("The id of one of the organization's users.") }),
            z.strictObject({ everyone: z.literal(true).describe("All users of the organization.") }),
          ],
          "expected { role }, { user } or { everyone: true }",
        ),
      )
      .min(1)
      .describe("Who finds it under the bell."),
  })
  .describe("A note under the bell of the organization's users.");
export type InAppNotification = z.infer<typeof InAppNotification>;
