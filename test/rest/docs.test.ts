import { afterAll, beforeAll, expect, it } from "vitest";
import { liveServer, type LiveServer } from "./live.ts";

let server: LiveServer;
beforeAll(async () => {
  server = await liveServer();
});
afterAll(() => server.close());

/** What a browser fetches for a page: the page, and what its links and scripts name. */
async function opened(): Promise<{ readonly page: string; readonly assets: readonly string[] }> {
  const page = await (await fetch(`${server.url}/docs`)).text();
  return { page, assets: [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path = ""]) => new URL(path, `${server.url}/docs`).href) };
}

it("opens without a key, and everything it asks for is here", async () => {
  const { page, assets } = await opened();
  const types = await Promise.all(
    assets.map(async (url) => {
      const response = await fetch(url);
      const size = (await response.arrayBuffer()).byteLength;
      expect([url, response.status, size > 100, url.startsWith(server.url)]).toEqual([url, 200, true, true]);
      return [new URL(url).pathname, response.headers.get("content-type")];
    }),
  );
  expect(types).toEqual([
    ["/docs/swagger-ui.css", "text/css; charset=utf-8"],
    ["/docs/favicon-32x32.png", "image/png"],
    ["/docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
    ["/docs/start.js", "text/javascript; charset=utf-8"],
  ]);
  // Nothing inline, which the policy would stop.
  expect(page).not.toMatch(/<script>|<style|style=|onload=|https?:/);
});

it("shows this server's document, whose key the page asks for", async () => {
  const start = await (await fetch(`${server.url}/docs/start.js`)).text();
  const url = /url: "([^"]+)"/.exec(start)?.[1] ?? "";
  const document = await (await fetch(new URL(url, `${server.url}/docs`))).json();
  expect(document).toMatchObject({ openapi: "3.1.0", components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } } });
  // No other servers: what the page tries goes where it came from.
  expect(document).not.toHaveProperty("servers");
});

it("sends a policy that lets only its own files in, and no such header elsewhere", async () => {
  const { assets } = await opened();
  for (const url of [`${server.url}/docs`, ...assets]) {
    const { headers } = await fetch(url);
    const policy = new Map(
      headers
        .get("content-security-policy")
        ?.split("; ")
        .map((part) => [part.split(" ")[0], part]),
    );
    expect([...policy.values()]).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  }
  expect((await server.send("GET", "/v1/usage")).headers).not.toHaveProperty("content-security-policy");
});

it.each([
  ["/docs/", 200],
  ["/docs/index.js", 404],
  ["/docs/swagger-ui.js", 404],
  ["/docs/..%2fpackage.json", 404],
  ["/docs/__proto__", 404],
  ["/docs/constructor", 404],
  ["/docs?x=1", 400],
  ["/v1/docs", 401],
])("%s: %i", async (path, status) => {
  expect((await fetch(server.url + path)).status).toBe(status);
});
