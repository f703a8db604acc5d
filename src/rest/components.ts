import { z } from "zod";

type Meta = z.core.GlobalMeta;

/** What is said of schemas in zod's global registry, for those that have no entry of their own. */
class WithGlobal extends WeakMap<z.core.$ZodType, Meta> {
  override get(schema: z.core.$ZodType): Meta | undefined {
    return super.get(schema) ?? z.globalRegistry._map.get(schema);
  }
  override has(schema: z.core.$ZodType): boolean {
    return super.has(schema) || z.globalRegistry._map.has(schema);
  }
}

/**
 * The names of the OpenAPI document's components. They are not in zod's global registry, which a host that mounts our routes has its own
 * names in; descriptions are, because they stand beside each schema.
 */
export const COMPONENTS = new z.core.$ZodRegistry<Meta>();
COMPONENTS._map = new WithGlobal();

/** A schema that the document names. It and its example are made with the document, because few processes are ever asked for it. */
export function component(id: string, description: string, schema: () => z.ZodType, example: () => object): z.ZodType {
  return z.lazy(() => schema().meta({ examples: [example()] })).register(COMPONENTS, { id, description });
}
