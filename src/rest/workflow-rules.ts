import { z } from "zod";
import { answers, KEYED, SAVING, WITH_BODY } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { optionalBody, refuseBody, requireBody } from "./body.ts";
import type { DefinitionSchemas } from "./definition-schemas.ts";
import { show, showNew } from "./show-definition.ts";
import { Id } from "./id.ts";
import { OPTIONAL_BODY } from "./openapi.ts";
import { query } from "./query.ts";
import { uncheckedBody } from "./validate.ts";
import { Deactivation, Order } from "./requests.ts";

const NONE = query({});
const tags = ["workflow rules"];
const one = { tags, params: Id, querystring: NONE };

/** What only workflow rules have beside the routes of every kind. */
export function workflowRuleRoutes(app: App, deps: RouteDeps, schemas: DefinitionSchemas): void {
  orderRoute(app, deps, schemas);
  cloneRoute(app, deps, schemas);
  activeRoutes(app, deps, schemas);
}

function orderRoute(app: App, { engine, organization }: RouteDeps, { answer }: DefinitionSchemas): void {
  app.put(
    "/workflow-rules/order",
    {
      preValidation: requireBody,
      schema: {
        operationId: "orderWorkflowRules",
        summary: "Puts a module's rules in the order they shall run",
        tags,
        querystring: NONE,
        body: Order,
        response: answers({ 200: z.strictObject({ data: z.array(answer) }) }, ...KEYED, ...WITH_BODY, "managed_by_file"),
      },
    },
    async ({ body: { module, ids } }) => ({ data: await engine.definitions.order(organization, module, ids) }),
  );
}

function cloneRoute(app: App, { engine, organization }: RouteDeps, { changes, answer }: DefinitionSchemas): void {
  app.post(
    "/workflow-rules/:id/clone",
    {
      preValidation: optionalBody,
      validatorCompiler: uncheckedBody,
      schema: {
        ...one,
        ...OPTIONAL_BODY,
        operationId: "cloneWorkflowRule",
        summary: "A copy, inactive unless the body's keys say otherwise",
        body: changes,
        response: answers({ 201: answer }, ...KEYED, ...WITH_BODY, ...SAVING, "not_found"),
      },
    },
    async ({ params, body }, reply) =>
      showNew(await engine.definitions.clone(organization, "WorkflowRule", params.id, body), "workflow-rules", reply),
  );
}

function activeRoutes(app: App, { engine, organization }: RouteDeps, { answer }: DefinitionSchemas): void {
  app.post(
    "/workflow-rules/:id/activate",
    {
      preValidation: refuseBody,
      schema: {
        ...one,
        operationId: "activateWorkflowRule",
        summary: "Lets it fire; holds for a rule from a file until its document changes",
        response: answers({ 200: answer }, ...KEYED, "not_found"),
      },
    },
    async ({ params }, reply) => show(await engine.definitions.activate(organization, params.id), reply),
  );

  app.post(
    "/workflow-rules/:id/deactivate",
    {
      preValidation: optionalBody,
      schema: {
        ...one,
        ...OPTIONAL_BODY,
        operationId: "deactivateWorkflowRule",
        summary: "Stops it; holds for a rule from a file until its document changes",
        body: Deactivation,
        response: answers({ 200: answer }, ...KEYED, ...WITH_BODY, "not_found"),
      },
    },
    async ({ params, body }, reply) => show(await engine.definitions.deactivate(organization, params.id, body.pendingRuns), reply),
  );
}
