import type { preValidationHookHandler } from "fastify";
import { RulewrightError } from "../model/errors.ts";
import { isJsonObject } from "../model/json.ts";

/** For routes without a body: an empty object is taken for none, because some clients cannot send less; anything else would be dropped without a word. */
export const refuseBody: preValidationHookHandler = (request, _reply, done) => {
  const { body } = request;
  if (body === undefined || (isJsonObject(body) && Object.keys(body).length === 0)) return done();
  done(new RulewrightError("validation_failed", "This route takes no body", { issues: [{ path: "", message: "expected no body" }] }));
};

/** For routes whose body may be left out: none says the same as an empty object. */
export const optionalBody: preValidationHookHandler = (request, _reply, done) => {
  if (request.body === undefined) request.body = {};
  done();
};

/** For routes with a body: none at all is not JSON, which the schemas cannot see, because fastify hands them null for it. */
export const requireBody: preValidationHookHandler = (request, _reply, done) => {
  if (request.body !== undefined) return done();
  done(new RulewrightError("malformed_json", "Expected a JSON body, got none"));
};
