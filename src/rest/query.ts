import { z } from "zod";

/** Query parameters of a route, each a single string; one that the route does not have is refused with the list of those that it has. */
export function query<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape);
}

/** `?limit=50` of every list. */
export const LIMIT = count(200, 50, "How many at most.");

/** `?limit=50&cursor=` of every list (contract, section 3). */
export const PAGE = {
  limit: LIMIT,
  cursor: text(1000, "The `nextCursor` of the answer before; left out for the first page.").exactOptional(),
};

/** A whole number from 1 on. */
export function count(most: number, preset: number, description: string) {
  return z
    .string()
    .refine((text) => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= most, `expected a whole number from 1 to ${most}`)
    .transform(Number)
    .default(preset)
    .meta({ type: "integer", minimum: 1, maximum: most, default: preset, description });
}

/** A filter that is compared as it stands. */
export function text(longest: number, description: string): z.ZodString {
  return z.string().min(1, "expected a value").max(longest, `expected at most ${longest} characters`).meta({ description });
}

/** One of a few words. */
export function oneOf<const T extends readonly [string, ...string[]]>(words: T, description: string): z.ZodEnum<{ [W in T[number]]: W }> {
  return z.enum(words).meta({ description });
}

/** `true` or `false`. */
export function flag(description: string) {
  return oneOf(["true", "false"], description).transform((word) => word === "true");
}

/** An instant as ms since the epoch. */
export function instant(description: string) {
  return z.iso
    .datetime({ offset: true, error: "expected an ISO 8601 instant such as 2026-11-20T09:00:00Z (a + in a URL is written %2B)" })
    .transform((iso) => Date.parse(iso))
    .meta({ description });
}
