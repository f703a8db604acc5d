import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { KEY, paid, testServer, type TestServer } from "./support.ts";

let server: TestServer;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

type Wire = {
  readonly socket: Socket;
  write(text: string): void;
  /** Everything received once it matches. */ until(pattern: RegExp): Promise<string>;
  readonly ended: Promise<unknown>;
};

async function wire(): Promise<Wire> {
  const address = server.app.server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen");
  const socket = connect(address.port, "127.0.0.1");
  sockets.push(socket);
  let received = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
  socket.on("error", () => undefined);
  const ended = once(socket, "close");
  await once(socket, "connect");
  return {
    socket,
    write: (text) => void socket.write(text),
    ended,
    async until(pattern) {
      while (!pattern.test(received)) {
        const closed = await Promise.race([once(socket, "data").then(() => false), ended.then(() => true)]);
        if (closed && !pattern.test(received)) throw new Error(`closed after: ${received}`);
      }
      const all = received;
      received = "";
      return all;
    },
  };
}

const head = (line: string, ...headers: string[]) => [line, "Host: x", `Authorization: Bearer ${KEY}`, ...headers, "", ""].join("\r\n");
const post = (url: string, body: string) =>
  head(`POST ${url} HTTP/1.1`, "Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`) + body;

describe("a connection", () => {
  it("is kept for the next request, also after a refusal", async () => {
    server = await testServer();
    await server.app.listen({ port: 0 });
    const client = await wire();
    client.write(head("GET /v1/usage HTTP/1.1"));
    expect(await client.until(/"customFunction".*\}\}/)).toContain("HTTP/1.1 200 OK");
    client.write(head("GET /v1/events/none HTTP/1.1"));
    expect(await client.until(/"requestId":"\S+"\}/)).toContain("HTTP/1.1 404 Not Found");
    client.write(post("/v1/events", JSON.stringify(paid("1"))));
    const answer = await client.until(/"accepted"\}\]\}/);
    expect(answer).toContain("HTTP/1.1 202 Accepted");
    expect(answer.toLowerCase()).toContain("connection: keep-alive");
  });

  it("ends when a body takes too long to arrive", async () => {
    server = await testServer({ requestTimeoutMs: 100 });
    await server.app.listen({ port: 0 });
    const client = await wire();
    client.write(post("/v1/events", JSON.stringify(paid("1"))).slice(0, -10));
    const answer = await client.until(/\}$/);
    expect(answer).toContain("HTTP/1.1 400 Bad Request");
    expect(answer).toContain('"The request took too long to arrive"');
    await client.ended;
    expect((await server.send("GET", "/v1/events")).body["data"]).toEqual([]);
  });

  it.each([
    ["what is not HTTP", "hello\r\n\r\n", "This is not a valid HTTP request"],
    ["headers of 20 KB", head("GET /v1/usage HTTP/1.1", `X-Long: ${"x".repeat(20_000)}`), "The headers are larger than 16 KB"],
    [
      "two lengths",
      head("POST /v1/events HTTP/1.1", "Content-Length: 1", "Transfer-Encoding: chunked"),
      "This is not a valid HTTP request",
    ],
  ])("answers %s in the contract's shape and ends", async (_what, sent, message) => {
    server = await testServer();
    await server.app.listen({ port: 0 });
    const client = await wire();
    client.write(sent);
    const answer = await client.until(/\}$/);
    const body = JSON.parse(answer.slice(answer.indexOf("{")));
    expect(answer).toContain("HTTP/1.1 400 Bad Request");
    expect(body).toEqual({ code: "validation_failed", message, requestId: expect.stringMatching(/^req_/) });
    expect(answer).toContain(`X-Request-Id: ${body.requestId}`);
    await client.ended;
  });

  it("refuses a chunked body as soon as it is too large", async () => {
    server = await testServer({ bodyLimit: 1000 });
    await server.app.listen({ port: 0 });
    const client = await wire();
    client.write(head("POST /v1/events HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: chunked"));
    client.write(`7d0\r\n${" ".repeat(2000)}\r\n`);
    expect(await client.until(/"requestId":"\S+"\}/)).toContain("HTTP/1.1 413 Payload Too Large");
  });
});

describe("close", () => {
  it("lets what is under way end, says Connection: close and takes nothing new", async () => {
    server = await testServer();
    await server.app.listen({ port: 0 });
    let settle = (): void => undefined;
    server.results.push(new Promise((resolve) => (settle = () => resolve({ outcome: "succeeded", response: null }))));
    const [waiting, beginning, idle] = [await wire(), await wire(), await wire()];
    idle.write(head("GET /v1/usage HTTP/1.1"));
    await idle.until(/\}\}/);
    const arrived = once(server.app.server, "request");
    waiting.write(post("/v1/events?wait=true", JSON.stringify(paid("1"))));
    await arrived;
    beginning.write("GET /readyz HTTP/1.1\r\nHost: x\r\n");

    const closed = server.app.close();
    await idle.ended;
    beginning.write("\r\n");
    const ready = await beginning.until(/"requestId":"\S+"\}/);
    expect(ready).toContain("HTTP/1.1 503 Service Unavailable");
    expect(ready.toLowerCase()).toContain("connection: close");
    await beginning.ended;
    settle();
    const answer = await waiting.until(/\]\}$/);
    expect(answer).toContain("HTTP/1.1 202 Accepted");
    expect(answer.toLowerCase()).toContain("connection: close");
    await closed;
    expect(server.app.server.listening).toBe(false);
  });

  it("does not wait for ever for a body that never ends", async () => {
    server = await testServer({ drainMs: 50 });
    await server.app.listen({ port: 0 });
    const client = await wire();
    const arrived = once(server.app.server, "request");
    client.write(post("/v1/events", JSON.stringify(paid("1"))).slice(0, -1));
    await arrived;
    await server.app.close();
    await client.ended;
    expect(server.logged).toEqual([]);
  });
});
