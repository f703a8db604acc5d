import type { FastifyReply } from "fastify";
import type { DefinitionView, NamedKind } from "../engine/definitions/view.ts";
import { etagOfDefinition } from "./if-match.ts";

/** Answers a definition with its `ETag`. */
export function show<K extends NamedKind>(view: DefinitionView<K>, reply: FastifyReply): DefinitionView<K> {
  reply.header("etag", etagOfDefinition(view));
  return view;
}

/** Answers a definition that was not there before. */
export function showNew<K extends NamedKind>(view: DefinitionView<K>, path: string, reply: FastifyReply): DefinitionView<K> {
  reply.code(201).header("location", `/v1/${path}/${view.id}`);
  return show(view, reply);
}
