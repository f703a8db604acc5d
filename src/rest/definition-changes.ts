import { z } from "zod";
import { answers, KEYED, SAVING, WITH_BODY } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { refuseBody, requireBody } from "./body.ts";
import { tagOf, type DefinitionKind } from "./definition-kinds.ts";
import type { DefinitionSchemas } from "./definition-schemas.ts";
import { Id } from "./id.ts";
import { expectationOf, IfMatch } from "./if-match.ts";
import { query } from "./query.ts";
import { show, showNew } from "./show-definition.ts";
import { uncheckedBody } from "./validate.ts";

const NONE = query({});
const Deleted = z.null().meta({ description: "Deleted." });
const CHANGING = [...KEYED, ...WITH_BODY, ...SAVING, "not_found", "managed_by_file", "precondition_failed"] as const;

/** Saving and deleting definitions of one kind. */
export function definitionChangeRoutes(app: App, deps: RouteDeps, of: DefinitionKind, schemas: DefinitionSchemas): void {
  createRoute(app, deps, of, schemas);
  changeRoutes(app, deps, of, schemas);
  removeRoute(app, deps, of);
}

function createRoute(app: App, { engine, organization }: RouteDeps, { kind, path, one }: DefinitionKind, schemas: DefinitionSchemas): void {
  app.post(
    `/${path}`,
    {
      preValidation: requireBody,
      validatorCompiler: uncheckedBody,
      schema: {
        operationId: `create${kind}`,
        summary: `A new ${one}`,
        tags: [tagOf(path)],
        querystring: NONE,
        body: schemas.body,
        response: answers({ 201: schemas.answer }, ...KEYED, ...WITH_BODY, ...SAVING),
      },
    },
    async ({ body }, reply) => showNew(await engine.definitions.create(organization, kind, body), path, reply),
  );
}

function changeRoutes(
  app: App,
  { engine, organization }: RouteDeps,
  { kind, path, one }: DefinitionKind,
  schemas: DefinitionSchemas,
): void {
  const { definitions } = engine;
  const change = {
    preValidation: requireBody,
    validatorCompiler: uncheckedBody,
    schema: {
      tags: [tagOf(path)],
      params: Id,
      querystring: NONE,
      headers: IfMatch,
      response: answers({ 200: schemas.answer }, ...CHANGING),
    },
  };

  app.put(
    `/${path}/:id`,
    {
      ...change,
      schema: {
        ...change.schema,
        operationId: `replace${kind}`,
        summary: `Saves the whole ${one} as its next version`,
        description:
          "Keys that an answer adds (`id`, `version`, ...) may come with it and say nothing, so that an answer can be sent back.",
        body: schemas.body,
      },
    },
    async ({ params: { id }, headers, body }, reply) => {
      return show(await definitions.replace(organization, kind, id, body, expectationOf(headers["if-match"])), reply);
    },
  );

  app.patch(
    `/${path}/:id`,
    {
      ...change,
      schema: {
        ...change.schema,
        operationId: `change${kind}`,
        summary: `Sets top-level keys of the ${one}; null takes one out`,
        body: schemas.changes,
      },
    },
    async ({ params: { id }, headers, body }, reply) => {
      return show(await definitions.patch(organization, kind, id, body, expectationOf(headers["if-match"])), reply);
    },
  );
}

function removeRoute(app: App, { engine, organization }: RouteDeps, { kind, path, one }: DefinitionKind): void {
  const { definitions } = engine;
  app.delete(
    `/${path}/:id`,
    {
      preValidation: refuseBody,
      schema: {
        operationId: `delete${kind}`,
        summary: kind === "WorkflowRule" ? `Deletes the ${one}; its pending runs are cancelled` : `Deletes the ${one}, unless it is in use`,
        tags: [tagOf(path)],
        params: Id,
        querystring: NONE,
        headers: IfMatch,
        response: answers({ 204: Deleted }, ...KEYED, "not_found", "conflict", "managed_by_file", "precondition_failed"),
      },
    },
    async ({ params: { id }, headers }, reply) => {
      await definitions.remove(organization, kind, id, expectationOf(headers["if-match"]));
      return reply.code(204).send();
    },
  );
}
