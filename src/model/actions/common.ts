import { z } from "zod";

/** Names are unique per kind (and module, for rules). */
export const Name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^([!-~\u00a1-\uffff]([ -~\u00a0-\uffff]*[!-~\u00a1-\uffff])?)?$/, "expected text without spaces around it or control characters")
  .describe("What other documents call it; no other document of its kind has that name.");
export const ModuleName = z.string().min(1).describe("The module it belongs to, by its name or alias.");

/** A value that stands in the environment of the process, never in the file. */
export const FromEnvironment = z.strictObject(
  {
    env: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected the name of an environment variable")
      .describe("The environment variable that holds the value where the rule runs."),
  },
  // Unknown keys are told with their names; only what is no mapping at all is told here.
  { error: (issue) => (issue.code === "invalid_type" ? "expected { env: NAME }, the environment variable that holds it" : undefined) },
);

export const Pair = z.strictObject({
  name: z.string().min(1).max(200).describe("The name under which the value is given."),
  value: z.string().max(10_000).describe("The value; ${ } stands for a field, escaped for where it stands."),
});
export type Pair = z.infer<typeof Pair>;

export const OnQuotaExceeded = z
  .enum(["skip", "defer"])
  .default("skip")
  .describe("What becomes of a run when the day's quota is used up: skipped, or deferred to the organization's next day.");

/** How often one run is tried, the first time included; 1 = at most once. `why` says what the default comes to. */
export function retryOf(attempts: number, why: string) {
  return z
    .strictObject({
      attempts: z.int().min(1).max(10).default(attempts).describe(`How often a run is tried, the first time included. ${why}`),
    })
    .prefault({})
    .describe("When a run that failed is tried again.");
}
