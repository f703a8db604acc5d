import { z } from "zod";
import { ModuleName, Name } from "./common.ts";

export const InAppNotification = z.strictObject({
  name: Name,
  module: ModuleName,
  title: z.string().min(1).max(500),
  message: z.string().max(10_000).default(""),
  recipients: z
    .array(
      z.union(
        [
          z.strictObject({ role: z.string().min(1) }),
          z.strictObject({ user: z.string().min(1) }),
          z.strictObject({ everyone: z.literal(true) }),
        ],
        "expected { role }, { user } or { everyone: true }",
      ),
    )
    .min(1),
});
export type InAppNotification = z.infer<typeof InAppNotification>;
