import type { onRequestHookHandler } from "fastify";
import { RulewrightError } from "../model/errors.ts";

/** Lets a request through that brings a valid key as `Authorization: Bearer <key>`; any other is answered 401 before its body is read. */
export function requireKey(authenticate: (key: string) => boolean): onRequestHookHandler {
  return (request, reply, done) => {
    const { authorization } = request.headers;
    const key = authorization === undefined ? undefined : /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (key !== undefined && authenticate(key)) return done();
    reply.header("www-authenticate", "Bearer");
    done(
      new RulewrightError(
        "unauthenticated",
        authorization === undefined
          ? "Send your key as `Authorization: Bearer <key>`"
          : "Expected a valid key in `Authorization: Bearer <key>`",
      ),
    );
  };
}
