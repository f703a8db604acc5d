import { runView } from "../engine/views.ts";
import { answers, KEYED, page } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { Id } from "./id.ts";
import { ActionRunAnswer } from "./log-answers.ts";
import { refuseBody } from "./body.ts";
import { query } from "./query.ts";
import { RunFilters } from "./run-filters.ts";

export function actionRunRoutes(app: App, { engine, organization }: RouteDeps): void {
  app.get(
    "/action-runs",
    {
      schema: {
        operationId: "listActionRuns",
        summary: "Action runs, newest first; status=scheduled: the soonest due first",
        tags: ["log"],
        querystring: RunFilters,
        response: answers({ 200: page(ActionRunAnswer) }, ...KEYED),
      },
    },
    async ({ query: { limit, cursor = null, ...filter } }) => {
      const { data, nextCursor } = await engine.reading.runs({ organization, ...filter }, { limit, cursor });
      return { data: data.map(runView), nextCursor };
    },
  );

  app.get(
    "/action-runs/:id",
    {
      schema: {
        operationId: "getActionRun",
        summary: "One action run",
        tags: ["log"],
        params: Id,
        querystring: query({}),
        response: answers({ 200: ActionRunAnswer }, ...KEYED, "not_found"),
      },
    },
    async ({ params }) => runView(await engine.reading.run(organization, params.id)),
  );

  app.post(
    "/action-runs/:id/retry",
    {
      preValidation: refuseBody,
      schema: {
        operationId: "retryActionRun",
        summary: "A new attempt, now, of a run that is failed, skipped, cancelled or retrying",
        tags: ["log"],
        params: Id,
        querystring: query({}),
        response: answers({ 200: ActionRunAnswer }, ...KEYED, "not_found", "conflict"),
      },
    },
    async ({ params }) => runView(await engine.retry(organization, params.id)),
  );

  app.post(
    "/action-runs/:id/cancel",
    {
      preValidation: refuseBody,
      schema: {
        operationId: "cancelActionRun",
        summary: "Calls off a run that is scheduled or retrying",
        tags: ["log"],
        params: Id,
        querystring: query({}),
        response: answers({ 200: ActionRunAnswer }, ...KEYED, "not_found", "conflict"),
      },
    },
    async ({ params }) => runView(await engine.cancel(organization, params.id)),
  );
}
