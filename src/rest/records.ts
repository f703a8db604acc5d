import type { FastifyReply } from "fastify";
import { z } from "zod";
import type { Author } from "../engine/records.ts";
import type { JsonObject } from "../model/json.ts";
import { JsonRecord, type StoredRecord } from "../model/record.ts";
import { answers, KEYED, page, WITH_BODY } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { refuseBody, requireBody } from "./body.ts";
import { etagOf, IfMatch, withIfMatch } from "./if-match.ts";
import { PAGE, query } from "./query.ts";

const OfModule = z.strictObject({ module: z.string() });
const One = z.strictObject({ module: z.string(), id: z.string() });

const ofModule = { tags: ["records"], params: OfModule };
const one = { tags: ["records"], params: One, querystring: query({}) };

export function recordRoutes(app: App, { engine, organization }: RouteDeps): void {
  const { records } = engine;
  const author: Author = { organization, origin: "api", ancestry: [] };

  const revisionOf = (module: string, id: string) => async (): Promise<number | null> =>
    (await records.find(organization, module, id))?.revision ?? null;

  app.get(
    "/modules/:module/records",
    {
      schema: {
        ...ofModule,
        operationId: "listRecords",
        summary: "A module's records, in the order of their ids",
        querystring: query(PAGE),
        response: answers({ 200: page(JsonRecord) }, ...KEYED, "not_found"),
      },
    },
    async ({ params, query: { limit, cursor = null } }) => {
      const { data, nextCursor } = await records.list(organization, params.module, { limit, cursor });
      return { data: data.map((record) => record.body), nextCursor };
    },
  );

  app.post(
    "/modules/:module/records",
    {
      preValidation: requireBody,
      schema: {
        ...ofModule,
        operationId: "createRecord",
        summary: "Creates a record, with an id of its own or a new one; an event `created` of origin api",
        querystring: query({}),
        body: JsonRecord,
        response: answers({ 201: JsonRecord }, ...KEYED, ...WITH_BODY, "not_found", "conflict"),
      },
    },
    async (request, reply) => {
      const record = await records.create(request.params.module, request.body, author);
      reply.code(201).header("location", `/v1/modules/${record.module}/records/${encodeURIComponent(record.id)}`);
      return show(record, reply);
    },
  );

  app.get(
    "/modules/:module/records/:id",
    {
      schema: {
        ...one,
        operationId: "getRecord",
        summary: "One record; its `ETag` is its revision",
        response: answers({ 200: JsonRecord }, ...KEYED, "not_found"),
      },
    },
    async ({ params: { module, id } }, reply) => show(await records.get(organization, module, id), reply),
  );

  app.put(
    "/modules/:module/records/:id",
    {
      preValidation: requireBody,
      schema: {
        ...one,
        operationId: "replaceRecord",
        summary: "Creates or replaces a record; an event `created` or `edited` of origin api",
        headers: IfMatch,
        body: JsonRecord,
        response: answers({ 200: JsonRecord, 201: JsonRecord }, ...KEYED, ...WITH_BODY, "not_found", "precondition_failed"),
      },
    },
    async ({ params: { module, id }, headers, body }, reply) => {
      const replace = (ifRevision: number | null) => records.replace(module, id, body, ifRevision, author);
      const record = await withIfMatch(headers["if-match"], revisionOf(module, id), replace);
      return show(record, reply.code(record.revision === 1 ? 201 : 200));
    },
  );

  app.patch(
    "/modules/:module/records/:id",
    {
      preValidation: requireBody,
      schema: {
        ...one,
        operationId: "changeRecord",
        summary: "Sets top-level keys of a record; an event `edited` of origin api",
        headers: IfMatch,
        body: JsonRecord,
        response: answers({ 200: JsonRecord }, ...KEYED, ...WITH_BODY, "not_found", "precondition_failed"),
      },
    },
    async ({ params: { module, id }, headers, body }, reply) => {
      const patch = (ifRevision: number | null) => records.patch(module, id, body, ifRevision, author);
      return show(await withIfMatch(headers["if-match"], revisionOf(module, id), patch), reply);
    },
  );

  app.delete(
    "/modules/:module/records/:id",
    {
      preValidation: refuseBody,
      schema: {
        ...one,
        operationId: "deleteRecord",
        summary: "Deletes a record; an event `deleted` of origin api",
        headers: IfMatch,
        response: answers({ 204: z.null().meta({ description: "Deleted." }) }, ...KEYED, "not_found", "precondition_failed"),
      },
    },
    async ({ params: { module, id }, headers }, reply) => {
      const remove = (ifRevision: number | null) => records.remove(module, id, ifRevision, author);
      await withIfMatch(headers["if-match"], revisionOf(module, id), remove);
      return reply.code(204).send();
    },
  );
}

function show({ revision, body }: StoredRecord, reply: FastifyReply): JsonObject {
  reply.header("etag", etagOf(revision));
  return body;
}
