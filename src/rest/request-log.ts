import type { Logger } from "../engine/log.ts";
import type { App } from "./app.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** `performance.now()` when its headers were read. */
    startedAt: number;
  }
}

const SLOW_MS = 1000;

/** Puts the request's id on every answer, ends connections while draining, and logs only what was slow: a line a request would cost more than the request. */
export function watchRequests(app: App, { log, isDraining }: { readonly log: Logger; readonly isDraining: () => boolean }): void {
  app.decorateRequest("startedAt", 0);
  app.addHook("onRequest", (request, _reply, done) => {
    request.startedAt = performance.now();
    done();
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    reply.header("x-request-id", request.id);
    if (isDraining()) reply.header("connection", "close");
    const tookMs = performance.now() - request.startedAt;
    // Who waits for actions waits as long as they take; a store that is away is logged once, not with each request that asks for it.
    if (tookMs > SLOW_MS && reply.statusCode !== 503 && !request.url.includes("wait=true"))
      log.warn(
        { requestId: request.id, method: request.method, url: request.url, status: reply.statusCode, tookMs: Math.round(tookMs) },
        "slow request",
      );
    done(null, payload);
  });
}
