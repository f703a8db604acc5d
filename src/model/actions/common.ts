import { z } from "zod";

/** Names are unique per kind (and module, for rules). */
export const Name = z.string().min(1).max(100);
export const ModuleName = z.string().min(1);

/** A value that stands in the environment of the process, never in the file. */
export const FromEnvironment = z.strictObject({
  env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected the name of an environment variable"),
});

export const Pair = z.strictObject({ name: z.string().min(1).max(200), value: z.string().max(10_000) });
export type Pair = z.infer<typeof Pair>;

export const OnQuotaExceeded = z.enum(["skip", "defer"]).default("skip");

/** How often one run is tried, the first time included; 1 = at most once. */
export function retryOf(attempts: number) {
  return z.strictObject({ attempts: z.int().min(1).max(10).default(attempts) }).prefault({});
}
