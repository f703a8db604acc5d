import { z } from "zod";
import { answers, KEYED, UsageAnswer } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { query } from "./query.ts";

const UsageQuery = query({
  day: z.iso
    .date("expected a day such as 2026-11-20")
    .meta({ description: "A day of the organization; today where left out." })
    .exactOptional(),
});

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
