import type { z } from "zod";
import { issuesOf } from "../model/issues.ts";
import { locate, locateKey, type Located } from "./located.ts";
import type { Problem } from "./mistake.ts";

/** A schema's mistakes (of a parse with `expectation`) at their places in the file: what was expected, what stands there, the nearest known name. */
export function explain(error: z.ZodError, root: Located): readonly Problem[] {
  return issuesOf(error, root).map(({ path, message, hint = null, about }) => ({
    ...(about === "key" ? locateKey(root, path) : locate(root, path)),
    message: about === "missing" ? `missing key "${path.split(".").at(-1)}": ${message}` : message,
    hint,
  }));
}
