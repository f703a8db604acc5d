import { answers, KEYED } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { UsageAnswer } from "./log-answers.ts";
import { UsageQuery } from "./requests.ts";

export function usageRoutes(app: App, { engine, organization }: RouteDeps): void {
  app.get(
    "/usage",
    {
      schema: {
        operationId: "getUsage",
        summary: "How much of a day's quota is used",
        tags: ["log"],
        querystring: UsageQuery,
        response: answers({ 200: UsageAnswer }, ...KEYED),
      },
    },
    async (request) => engine.reading.usage(organization, request.query.day ?? null),
  );
}
