import { executionView, runView } from "../engine/views.ts";
import { answers, KEYED, page } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { Id } from "./id.ts";
import { ExecutionAnswer, ListedExecutionAnswer } from "./log-answers.ts";
import { query } from "./query.ts";
import { RunFilters } from "./run-filters.ts";

export function executionRoutes(app: App, { engine, organization }: RouteDeps): void {
  app.get(
    "/executions",
    {
      schema: {
        operationId: "listExecutions",
        summary: "Rules that fired, newest first",
        tags: ["log"],
        querystring: RunFilters,
        response: answers({ 200: page(ListedExecutionAnswer) }, ...KEYED),
      },
    },
    async ({ query: { limit, cursor = null, ...filter } }) => {
      const { data, nextCursor } = await engine.reading.executions({ organization, ...filter }, { limit, cursor });
      return { data: data.map((execution) => executionView(execution, (run) => run.id)), nextCursor };
    },
  );

  app.get(
    "/executions/:id",
    {
      schema: {
        operationId: "getExecution",
        summary: "One execution with its action runs",
        tags: ["log"],
        params: Id,
        querystring: query({}),
        response: answers({ 200: ExecutionAnswer }, ...KEYED, "not_found"),
      },
    },
    async ({ params }) => executionView(await engine.reading.execution(organization, params.id), runView),
  );
}
