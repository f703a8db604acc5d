import { z } from "zod";
import { Field } from "../model/field.ts";
import { KINDS } from "../model/definition.ts";
import { answers, KEYED, page, WITH_BODY } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { requireBody } from "./body.ts";
import { PAGE, query } from "./query.ts";
import { uncheckedBody } from "./validate.ts";
import { COMPONENTS } from "./components.ts";
import { pageOfModules } from "./module-page.ts";

const NONE = query({});
const Name = z.strictObject({ name: z.string() });
const fields = [{ name: "budget", type: "currency" }];
const { name: _name, ...shape } = KINDS.Module.shape;

/** What is documented; the engine itself checks it. */
const ModuleBody: z.ZodType = z.strictObject(shape).register(COMPONENTS, {
  id: "ModuleBody",
  description: "More fields for a built-in module, or a module of one's own.",
  examples: [{ label: "Projects", fields, triggers: ["handed_over"] }],
});

export const ModuleAnswer = z
  .strictObject({
    name: z.string(),
    label: z.string(),
    singular: z.string(),
    aliases: z.array(z.string()),
    idFields: z.array(z.string()).meta({ description: "Where a record's id stands, tried in order." }),
    fields: z.array(Field),
    triggers: z.array(z.string()).meta({ description: "Event types of its own." }),
    builtIn: z.boolean(),
    managedBy: z.enum(["catalogue", "file", "api"]),
  })
  .register(COMPONENTS, {
    id: "Module",
    description: "A kind of record as it is used: the built-in fields and those of one's own together.",
    examples: [
      {
        name: "sites",
        label: "Sites",
        singular: "site",
        aliases: [],
        idFields: ["site_id", "id"],
        fields,
        triggers: [],
        builtIn: false,
        managedBy: "api",
      },
    ],
  });

export function moduleRoutes(app: App, { engine, organization }: RouteDeps): void {
  const tags = ["modules"];
  app.get(
    "/modules",
    {
      schema: {
        operationId: "listModules",
        summary: "Built-in modules and those of one's own, by name",
        tags,
        querystring: query(PAGE),
        response: answers({ 200: page(ModuleAnswer) }, ...KEYED),
      },
    },
    async ({ query: { limit, cursor = null } }) => pageOfModules(engine.settings.modules(organization), { limit, cursor }),
  );

  app.get(
    "/modules/:name",
    {
      schema: {
        operationId: "getModule",
        summary: "One module, by its name or alias",
        tags,
        params: Name,
        querystring: NONE,
        response: answers({ 200: ModuleAnswer }, ...KEYED, "not_found"),
      },
    },
    async ({ params }) => engine.settings.module(organization, params.name),
  );

  app.put(
    "/modules/:name",
    {
      preValidation: requireBody,
      validatorCompiler: uncheckedBody,
      schema: {
        operationId: "replaceModule",
        summary: "Saves a module of one's own, or one's own fields of a built-in one",
        tags,
        params: Name,
        querystring: NONE,
        body: ModuleBody,
        response: answers({ 200: ModuleAnswer }, ...KEYED, ...WITH_BODY, "conflict", "managed_by_file"),
      },
    },
    ({ params, body }) => engine.settings.replaceModule(organization, params.name, body),
  );
}
