import { z } from "zod";
import { COMPONENTS } from "./components.ts";

/** A schema that the document names. It and its example are made with the document, because few processes are ever asked for it. */
export function component(id: string, description: string, schema: () => z.ZodType, example: () => object): z.ZodType {
  return z.lazy(() => schema().meta({ examples: [example()] })).register(COMPONENTS, { id, description });
}
