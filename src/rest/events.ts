import { z } from "zod";
import { MOST_EVENTS } from "../engine/emit.ts";
import { eventView } from "../engine/views.ts";
import { EventInput } from "../model/event.ts";
import { answers, KEYED, page, WITH_BODY } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { requireBody } from "./body.ts";
import { Id } from "./id.ts";
import { EmittedAnswer, EventAnswer } from "./log-answers.ts";
import { flag, query } from "./query.ts";
import { uncheckedBody } from "./validate.ts";
import { EventFilters } from "./requests.ts";

/** What is documented; the engine itself checks each event, once. */
const EventBody: z.ZodType = z.union([EventInput, z.array(EventInput).min(1).max(MOST_EVENTS)]);

const EmitQuery = query({ wait: flag("Answer once the immediate actions have settled, after 10 s at most.").exactOptional() });

export function eventRoutes(app: App, { engine, organization }: RouteDeps): void {
  app.post(
    "/events",
    {
      preValidation: requireBody,
      schema: {
        operationId: "emitEvents",
        summary: "Send one event, or up to 1,000",
        tags: ["events"],
        querystring: EmitQuery,
        body: EventBody,
        response: answers({ 202: EmittedAnswer }, ...KEYED, ...WITH_BODY, "idempotency_conflict", "rate_limited"),
      },
      validatorCompiler: uncheckedBody,
    },
    // The hot path: callbacks and a string, because a promise and a serializer would cost a tenth of the throughput (facts/speed.md).
    (request, reply) => {
      const { body } = request;
      const options = { organization, wait: request.query.wait === true };
      const emitted = Array.isArray(body) ? engine.emit(body, options) : engine.emitOne(body, options).then((one) => [one]);
      emitted.then(
        (data) => reply.code(202).header("content-type", "application/json; charset=utf-8").send(JSON.stringify({ data })),
        (error: unknown) => reply.send(error),
      );
    },
  );

  app.get(
    "/events",
    {
      schema: {
        operationId: "listEvents",
        summary: "Stored events, newest first; origin=fieldUpdate is the feed of what rules changed",
        tags: ["events"],
        querystring: EventFilters,
        response: answers({ 200: page(EventAnswer) }, ...KEYED),
      },
    },
    async ({ query: { limit, cursor = null, ...filter } }) => {
      const { data, nextCursor } = await engine.reading.events({ organization, ...filter }, { limit, cursor });
      return { data: data.map(eventView), nextCursor };
    },
  );

  app.get(
    "/events/:id",
    {
      schema: {
        operationId: "getEvent",
        summary: "One event",
        tags: ["events"],
        params: Id,
        querystring: query({}),
        response: answers({ 200: EventAnswer }, ...KEYED, "not_found"),
      },
    },
    async ({ params }) => eventView(await engine.reading.event(organization, params.id)),
  );
}
