import { z } from "zod";

/** The `{id}` of a path. */
export const Id = z.strictObject({ id: z.string() });
