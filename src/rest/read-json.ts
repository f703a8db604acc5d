import { RulewrightError } from "../model/errors.ts";
import type { App } from "./app.ts";
import { parseJsonBody } from "./json-body.ts";

/** JSON is all that is read, by a parser of our own; an empty body is none. */
export function readJson(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>("application/json", { parseAs: "buffer" }, (request, bytes, done) => {
    const encoding = request.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity")
      return done(new RulewrightError("unsupported_media_type", `Expected a body without Content-Encoding, got ${encoding}`));
    try {
      done(null, bytes.length === 0 ? undefined : parseJsonBody(bytes));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
}
