import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { z } from "zod";
import { RulewrightError } from "../model/errors.ts";
import type { App } from "./app.ts";
import { query } from "./query.ts";

/*
 * `GET /docs`: Swagger UI on /openapi.json. Only the files of @fastify/swagger-ui are used: the plugin would be loaded with every start
 * and shows a document of its own.
 */

const SCRIPT = "text/javascript; charset=utf-8";

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Rulewright API</title>
    <link rel="stylesheet" href="docs/swagger-ui.css">
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

/** A key pasted in "Authorize" lives as long as the page; no validator on the internet is asked. */
const START = `SwaggerUIBundle({ url: "openapi.json", dom_id: "#swagger-ui", deepLinking: true, docExpansion: "none", validatorUrl: null });\n`;

/** Name to content type; nothing else in that folder is given away. */
const FILES: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": SCRIPT,
  "favicon-32x32.png": "image/png",
};

const HEADERS = {
  // Swagger UI sets styles by script, which needs no 'unsafe-inline', and has its icons in data: URLs.
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

const HIDDEN = { schema: { hide: true, querystring: query({}) } };

/** The API's page, without a key and without the internet. */
export function docsRoutes(app: App): void {
  app.get("/docs", HIDDEN, (_request, reply) => reply.headers(HEADERS).header("content-type", "text/html; charset=utf-8").send(PAGE));

  app.get("/docs/start.js", HIDDEN, (_request, reply) => reply.headers(HEADERS).header("content-type", SCRIPT).send(START));

  app.get(
    "/docs/:file",
    { schema: { ...HIDDEN.schema, params: z.strictObject({ file: z.string() }) } },
    async ({ params: { file } }, reply) => {
      if (file === "") return reply.redirect("../docs", 308);
      const type = Object.hasOwn(FILES, file) ? FILES[file] : undefined;
      if (type === undefined) throw new RulewrightError("not_found", `There is no file ${file} in /docs`);
      return reply
        .headers(HEADERS)
        .headers({ "content-type": type, "cache-control": "max-age=3600" })
        .send(await asset(file));
    },
  );
}

/** Looked up when asked for, so that a start pays nothing for a page that few open. */
function asset(file: string): Promise<Buffer> {
  return readFile(createRequire(import.meta.url).resolve(`@fastify/swagger-ui/static/${file}`));
}
