import { answers, KEYED, page, SAVING, WITH_BODY } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { requireBody } from "./body.ts";
import { definitionChangeRoutes } from "./definition-changes.ts";
import { DEFINITION_KINDS, tagOf, type DefinitionKind } from "./definition-kinds.ts";
import { definitionSchemas, type DefinitionSchemas } from "./definition-schemas.ts";
import { Id } from "./id.ts";
import { query } from "./query.ts";
import { scheduleRoutes } from "./schedules.ts";
import { show } from "./show-definition.ts";
import { workflowRuleRoutes } from "./workflow-rules.ts";
import { DefinitionFilters, Pages, Rollback } from "./requests.ts";

const NONE = query({});
/** The routes of every kind of definition (contract, section 3). */
export function allDefinitionRoutes(app: App, deps: RouteDeps): void {
  for (const of of DEFINITION_KINDS) {
    const schemas = definitionSchemas(of.kind, of.one);
    definitionRoutes(app, deps, of, schemas);
    if (of.kind === "WorkflowRule") workflowRuleRoutes(app, deps, schemas);
    if (of.kind === "Schedule") scheduleRoutes(app, deps);
  }
}

function definitionRoutes(app: App, deps: RouteDeps, of: DefinitionKind, schemas: DefinitionSchemas): void {
  readRoutes(app, deps, of, schemas);
  definitionChangeRoutes(app, deps, of, schemas);
  versionRoutes(app, deps, of, schemas);
}

function readRoutes(
  app: App,
  { engine, organization }: RouteDeps,
  { kind, path, one }: DefinitionKind,
  { answer }: DefinitionSchemas,
): void {
  app.get(
    `/${path}`,
    {
      schema: {
        operationId: `list${kind}s`,
        summary: kind === "WorkflowRule" ? "Workflow rules, by module in the order they run" : `Each ${one}, by module and name`,
        tags: [tagOf(path)],
        querystring: DefinitionFilters,
        response: answers({ 200: page(answer) }, ...KEYED),
      },
    },
    ({ query: { limit, cursor = null, ...filter } }) => engine.definitions.list(organization, kind, filter, { limit, cursor }),
  );

  app.get(
    `/${path}/:id`,
    {
      schema: {
        operationId: `get${kind}`,
        summary: `One ${one}; its \`ETag\` is its version`,
        tags: [tagOf(path)],
        params: Id,
        querystring: NONE,
        response: answers({ 200: answer }, ...KEYED, "not_found"),
      },
    },
    async ({ params }, reply) => show(await engine.definitions.get(organization, kind, params.id), reply),
  );
}

function versionRoutes(
  app: App,
  { engine, organization }: RouteDeps,
  { kind, path, one }: DefinitionKind,
  schemas: DefinitionSchemas,
): void {
  app.get(
    `/${path}/:id/versions`,
    {
      schema: {
        operationId: `list${kind}Versions`,
        summary: `Every version of the ${one}, newest first`,
        tags: [tagOf(path)],
        params: Id,
        querystring: Pages,
        response: answers({ 200: page(schemas.version) }, ...KEYED, "not_found"),
      },
    },
    ({ params, query: { limit, cursor = null } }) => engine.definitions.versions(organization, kind, params.id, { limit, cursor }),
  );

  app.post(
    `/${path}/:id/rollback`,
    {
      preValidation: requireBody,
      schema: {
        operationId: `rollBack${kind}`,
        summary: `Saves an earlier version of the ${one} as its next`,
        tags: [tagOf(path)],
        params: Id,
        querystring: NONE,
        body: Rollback,
        response: answers({ 200: schemas.answer }, ...KEYED, ...WITH_BODY, ...SAVING, "not_found", "managed_by_file"),
      },
    },
    async ({ params, body }, reply) => show(await engine.definitions.rollback(organization, kind, params.id, body.version), reply),
  );
}
