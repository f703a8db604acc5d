/**
 * Mounts the REST routes in a host's own Fastify 5 server: `app.register(rulewrightRoutes, { rulewright, prefix: "/automation", authenticate })`.
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyPluginAsync, FastifyRequest, onRequestAsyncHookHandler, onRequestHookHandler } from "fastify";
import { hostProblem } from "./library/host-errors.ts";
import { createDescribeOnlyHere } from "./library/host-openapi.ts";
import { embeddedOf, type Embedded } from "./library/embedded.ts";
import type { Rulewright } from "./library/rulewright.ts";
import { RulewrightError } from "./model/errors.ts";
import { validationError } from "./model/issues.ts";
import type { App } from "./rest/app.ts";
import { requireKey } from "./rest/auth.ts";
import { sendProblem } from "./rest/errors.ts";
import { createKnownRoutes } from "./rest/not-found.ts";
import { collectRoutes, openApiRoute } from "./rest/openapi.ts";
import { readJson } from "./rest/read-json.ts";
import { keyedRoutes } from "./rest/server.ts";
import { zodValidator } from "./rest/validate.ts";
import { VERSION } from "./version.ts";

/** Options of `rulewrightRoutes`, beside Fastify's own `prefix`. */
export type RulewrightRoutesOptions = {
  /** What `openRulewright` gave. Close it after the server. */
  readonly rulewright: Rulewright;
  /** May this request use the routes? Or a key of 32 characters or more that it must bring as `Authorization: Bearer <key>`. */
  readonly authenticate: string | ((request: FastifyRequest) => boolean | Promise<boolean>);
};

/**
 * The routes below `/v1`, and `/openapi.json`, which needs no key, in a context of their own: parsing, checking and errors of the host's other
 * routes stay as they are, and its hooks hold for these as well.
 * @throws RulewrightError validation_failed for options that are wrong
 */
export const rulewrightRoutes: FastifyPluginAsync<RulewrightRoutesOptions> = async (host, options) => {
  const { engine, organization, log, gate } = checkRulewright(options.rulewright);
  const authenticate = authentication(options.authenticate);
  const app = host.withTypeProvider() as unknown as App; // its loggers and decorators are the host's; nothing here uses them
  readJson(app);
  app.setValidatorCompiler(zodValidator);
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler((error, request, reply) => sendProblem(hostProblem(error), request, reply, log));
  const swaggerTransform = createDescribeOnlyHere();
  app.addHook("onRoute", (route) => {
    route.bodyLimit ??= BODY_LIMIT;
    route.config = { ...route.config, swaggerTransform };
  });
  app.addHook("onSend", async (request, reply) => {
    reply.header("x-request-id", request.id);
    const location = reply.getHeader("location");
    if (typeof location === "string" && location.startsWith("/v1/")) reply.header("location", `${app.prefix}${location}`);
  });
  const known = createKnownRoutes();
  app.addHook("onRoute", known.add);
  collectRoutes(app, VERSION);
  openRoutes(app, gate);
  app.register(
    (v1, _options, ready) => {
      v1.addHook("onRequest", authenticate);
      v1.setNotFoundHandler((request) => {
        throw known.refusal(request);
      });
      keyedRoutes(v1, { engine, organization });
      ready();
    },
    { prefix: "/v1" },
  );
};

/** Requests are let through and waited for like calls of methods. */
function openRoutes(app: App, gate: Embedded["gate"]): void {
  const ends = new WeakMap<FastifyRequest, () => void>();
  app.addHook("onRequest", (request, reply, next) => {
    if (gate.isClosed) return next(new RulewrightError("overloaded", "This Rulewright was closed"));
    void gate.run(
      () =>
        new Promise<void>((resolve) => {
          ends.set(request, resolve);
          reply.raw.once("close", resolve);
        }),
    );
    next();
  });
  app.addHook("onResponse", (request, _reply, next) => {
    ends.get(request)?.();
    next();
  });
  app.register((open, _options, ready) => {
    openApiRoute(open);
    ready();
  });
}

function checkRulewright(rulewright: unknown): Embedded {
  const found = typeof rulewright === "object" && rulewright !== null ? embeddedOf(rulewright) : null;
  if (found) return found;
  throw validationError([{ path: "rulewright", message: "expected what openRulewright of this copy of the package gave" }]);
}

/** Bytes; as our own server takes. */
const BODY_LIMIT = 5 * 1024 * 1024;
const SHORTEST_KEY = 32;

function authentication(authenticate: RulewrightRoutesOptions["authenticate"]): onRequestHookHandler | onRequestAsyncHookHandler {
  if (typeof authenticate === "string" && authenticate.length >= SHORTEST_KEY) {
    const expected = digest(authenticate);
    return requireKey((key) => timingSafeEqual(digest(key), expected));
  }
  if (typeof authenticate !== "function")
    throw validationError([{ path: "authenticate", message: `expected a function, or a key of ${SHORTEST_KEY} characters or more` }]);
  return async (request: FastifyRequest) => {
    // Nothing but true lets a request in: a host's function may answer anything.
    if ((await authenticate(request)) === true) return;
    throw new RulewrightError("unauthenticated", "This request is not allowed to use these routes");
  };
}

function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
