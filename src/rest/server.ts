import { randomBytes } from "node:crypto";
import fastify, { type FastifyRequest } from "fastify";
import type { FastifyPluginCallbackZod } from "fastify-type-provider-zod";
import type { Engine } from "../engine/engine.ts";
import type { Logger } from "../engine/log.ts";
import { actionRunRoutes } from "./action-runs.ts";
import type { App, RouteDeps } from "./app.ts";
import { requireKey } from "./auth.ts";
import { allDefinitionRoutes } from "./definitions.ts";
import { docsRoutes } from "./docs.ts";
import { refuseConnection, sendProblem } from "./errors.ts";
import { eventRoutes } from "./events.ts";
import { executionRoutes } from "./executions.ts";
import { explainRoutes } from "./explain.ts";
import { healthRoutes } from "./health.ts";
import { createKnownRoutes } from "./not-found.ts";
import { notificationRoutes } from "./notifications.ts";
import { moduleRoutes } from "./modules.ts";
import { collectRoutes, openApiRoute } from "./openapi.ts";
import { readJson } from "./read-json.ts";
import { recordRoutes } from "./records.ts";
import { watchRequests } from "./request-log.ts";
import { settingsRoutes } from "./settings.ts";
import { upcomingRoutes } from "./upcoming.ts";
import { usageRoutes } from "./usage.ts";
import { zodValidator } from "./validate.ts";

export type ServerDeps = {
  readonly engine: Engine;
  readonly organization: string;
  /** Is this key valid? Takes the same time for every answer. */
  readonly authenticate: (key: string) => boolean;
  readonly log: Logger;
  readonly version: string;
  /** Bytes; 5 MB by default, which 1,000 events of 5 KB fit into. */
  readonly bodyLimit?: number;
  /** How long a request may take to arrive whole, ms; 30 s by default. */
  readonly requestTimeoutMs?: number;
  /** How long `close` lets requests under way take to end, ms; 15 s by default, more than `wait=true` waits. */
  readonly drainMs?: number;
};

/** The REST server (contract, section 3), not yet listening. `close()` takes no more connections, lets requests under way end, then resolves. */
export function createServer(deps: ServerDeps): App {
  const { log, drainMs = 15_000 } = deps;
  const app = bareServer(deps);
  let draining = false;
  const isDraining = (): boolean => draining;
  app.addHook("preClose", async () => {
    draining = true;
    // Node checks no request's time any more once the server closes, so a body that never ends would hold it open for ever.
    setTimeout(() => app.server.closeAllConnections(), drainMs).unref();
  });
  watchRequests(app, { log, isDraining });
  readJson(app);
  app.setValidatorCompiler(zodValidator);
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, log));
  collectRoutes(app, deps.version);
  addRoutes(app, deps, isDraining);
  return app;
}

/** fastify with what it and Node watch over: sizes, times, and what is not a request at all. */
function bareServer({ log, bodyLimit = 5 * 1024 * 1024, requestTimeoutMs = 30_000 }: ServerDeps): App {
  const nextId = requestIds();
  return fastify({
    logger: false,
    genReqId: nextId,
    bodyLimit,
    requestTimeout: requestTimeoutMs,
    // Longer than the 60 s after which common load balancers let go, so that they never send into a connection that just closed.
    keepAliveTimeout: 72_000,
    http: { headersTimeout: Math.min(10_000, requestTimeoutMs), connectionsCheckingInterval: Math.min(5000, requestTimeoutMs) },
    // Ours alone, so that fastify need not load a schema compiler that nothing uses (45 ms of every start).
    schemaController: { compilersFactory: { buildValidator: notUsed, buildSerializer: notUsed } },
    routerOptions: { maxParamLength: 1024 },
    // Requests that reach a connection while the server drains are answered like any other, and the connection is closed.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      reply.header("x-request-id", request.id);
      sendProblem(error, request, reply, log);
    },
    clientErrorHandler: (error, socket) => refuseConnection(error, socket, nextId()),
  });
}

function addRoutes(app: App, deps: ServerDeps, isDraining: () => boolean): void {
  const known = createKnownRoutes();
  const refuse = (request: FastifyRequest): never => {
    throw known.refusal(request);
  };
  app.addHook("onRoute", known.add);
  app.setNotFoundHandler(refuse);
  app.register((open, _options, done) => {
    healthRoutes(open, { ...deps, isDraining });
    openApiRoute(open);
    docsRoutes(open);
    done();
  });
  const keyed: FastifyPluginCallbackZod = (v1, _options, done) => {
    v1.addHook("onRequest", requireKey(deps.authenticate));
    // Of its own, so that even what is not there says nothing without a key.
    v1.setNotFoundHandler(refuse);
    keyedRoutes(v1, deps);
    done();
  };
  app.register(keyed, { prefix: "/v1" });
}

/** The routes below `/v1`, in a context that lets only those in who may use them. */
export function keyedRoutes(v1: App, deps: RouteDeps): void {
  eventRoutes(v1, deps);
  executionRoutes(v1, deps);
  actionRunRoutes(v1, deps);
  upcomingRoutes(v1, deps);
  usageRoutes(v1, deps);
  notificationRoutes(v1, deps);
  recordRoutes(v1, deps);
  allDefinitionRoutes(v1, deps);
  explainRoutes(v1, deps);
  moduleRoutes(v1, deps);
  settingsRoutes(v1, deps);
}

/** The server sets its own compilers before the first route asks for one. */
function notUsed(): never {
  throw new Error("a schema was compiled before the compilers were set");
}

/** Unique across restarts at the price of a counter. */
function requestIds(): () => string {
  const run = randomBytes(6).toString("base64url");
  let count = 0;
  return () => `req_${run}_${(count += 1).toString(36)}`;
}
