import { runView } from "../engine/views.ts";
import { answers, KEYED, WITH_BODY } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { optionalBody } from "./body.ts";
import { Id } from "./id.ts";
import { OPTIONAL_BODY } from "./openapi.ts";
import { ActionRunAnswer } from "./log-answers.ts";
import { query } from "./query.ts";
import { ExecutionRequest, TicksQuery } from "./requests.ts";
import { TicksAnswer } from "./upcoming-answers.ts";

const tags = ["schedules"];

/** What only schedules have beside the routes of every kind. */
export function scheduleRoutes(app: App, { engine, organization }: RouteDeps): void {
  app.get(
    "/schedules/:id/upcoming",
    {
      schema: {
        operationId: "listUpcomingOfSchedule",
        summary: "When it will run next",
        tags,
        params: Id,
        querystring: TicksQuery,
        response: answers({ 200: TicksAnswer }, ...KEYED, "not_found"),
      },
    },
    async ({ params, query: options }) => ({ data: await engine.schedules.upcoming(organization, params.id, options) }),
  );

  app.post(
    "/schedules/:id/execute",
    {
      preValidation: optionalBody,
      schema: {
        ...OPTIONAL_BODY,
        operationId: "executeSchedule",
        summary: "Runs its function now, besides its times, and answers with the action run",
        description: "After 10 s at most, then as the run stands. `expires.after` does not count it.",
        tags,
        params: Id,
        querystring: query({}),
        body: ExecutionRequest,
        response: answers({ 200: ActionRunAnswer }, ...KEYED, ...WITH_BODY, "not_found"),
      },
    },
    async ({ params, body: { record } }) => runView(await engine.schedules.execute(organization, params.id, record)),
  );
}
