import { z } from "zod";
import { ModuleName, Name, OnQuotaExceeded, Pair, retryOf } from "./common.ts";

/** Code that a rule runs. `host` names a function given by the embedding program; `javascript` is sandboxed. */
export const CustomFunction = z.strictObject({
  name: Name,
  module: ModuleName,
  description: z.string().max(1000).default(""),
  language: z.enum(["javascript", "host"]),
  /** The code of a sandboxed function. */
  code: z.string().max(262_144).optional(),
  /** Values may hold `${ }` placeholders. */
  parameters: z.array(Pair).max(50).default([]),
  connections: z.array(Name).default([]),
  timeoutSeconds: z.int().min(1).max(30).default(5),
  onQuotaExceeded: OnQuotaExceeded,
  /** Functions run once unless the definition says otherwise: we cannot know what a second run would do. */
  retry: retryOf(1),
});
export type CustomFunction = z.infer<typeof CustomFunction>;
