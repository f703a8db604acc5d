import { z } from "zod";
import { ModuleName, Name, OnQuotaExceeded, Pair, retryOf } from "./common.ts";

/** Code that a rule runs. `host` names a function given by the embedding program; `javascript` is sandboxed. */
export const CustomFunction = z
  .strictObject({
    name: Name,
    module: ModuleName,
    description: z.string().max(1000).default("").describe("What it is for, in your own words."),
    language: z
      .enum(["javascript", "host"])
      .describe("Where the code comes from: javascript runs in a sandbox, host is a function of that name given by the embedding program."),
    code: z.string().max(262_144).optional().describe("The code of a sandboxed function: a module with a default export."),
    parameters: z.array(Pair).max(50).default([]).describe("What the code is given as parameters."),
    connections: z.array(Name.describe("The name of a Connection.")).default([]).describe("The connections that the code may use."),
    timeoutSeconds: z.int().min(1).max(30).default(5).describe("Seconds that one attempt may take."),
    onQuotaExceeded: OnQuotaExceeded,
    retry: retryOf(1, "Once unless you say otherwise, because nobody else knows what a second run of your code would do."),
  })
  .describe("Code that rules and schedules run: sandboxed JavaScript, or a function of the embedding program.");
export type CustomFunction = z.infer<typeof CustomFunction>;
