import { answers, KEYED } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { UpcomingQuery } from "./requests.ts";
import { CalendarAnswer } from "./upcoming-answers.ts";

export function upcomingRoutes(app: App, { engine, organization }: RouteDeps): void {
  app.get(
    "/upcoming",
    {
      schema: {
        operationId: "listUpcoming",
        summary: "What will run: what is planned, what dates of records will bring, and the times of schedules, the soonest first",
        tags: ["log"],
        querystring: UpcomingQuery,
        response: answers({ 200: CalendarAnswer }, ...KEYED),
      },
    },
    ({ query: { days, limit } }) => engine.upcoming(organization, days, limit),
  );
}
