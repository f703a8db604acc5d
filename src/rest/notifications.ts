import { notificationView } from "../engine/views.ts";
import { answers, KEYED, page } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { refuseBody } from "./body.ts";
import { Id } from "./id.ts";
import { NotificationAnswer } from "./log-answers.ts";
import { query } from "./query.ts";
import { NotificationFilters } from "./requests.ts";

export function notificationRoutes(app: App, { engine, organization }: RouteDeps): void {
  app.get(
    "/notifications",
    {
      schema: {
        operationId: "listNotifications",
        summary: "The bell, newest first",
        tags: ["notifications"],
        querystring: NotificationFilters,
        response: answers({ 200: page(NotificationAnswer) }, ...KEYED),
      },
    },
    async ({ query: { limit, cursor = null, ...filter } }) => {
      const { data, nextCursor } = await engine.reading.notifications({ organization, ...filter }, { limit, cursor });
      return { data: data.map(notificationView), nextCursor };
    },
  );

  app.post(
    "/notifications/:id/read",
    {
      preValidation: refuseBody,
      schema: {
        operationId: "readNotification",
        summary: "Marks one as read",
        tags: ["notifications"],
        params: Id,
        querystring: query({}),
        response: answers({ 200: NotificationAnswer }, ...KEYED, "not_found"),
      },
    },
    async ({ params }) => notificationView(await engine.reading.markRead(organization, params.id)),
  );
}
