import type { Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpClient, type HttpAnswer, type HttpClient } from "../../src/outbound/http.ts";
import { type Listener, listenRaw } from "./listener.ts";

const DEADLINE_MS = 200;
const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";

let server: Listener | null = null;
let client: HttpClient | null = null;
afterEach(async () => {
  client?.close();
  await server?.close();
});

/** Writes until the other side hangs up. */
function pour(socket: Socket, text: string): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on("drain", more);
  more();
}

function drip(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 5);
  socket.on("close", () => clearInterval(timer));
}

async function ask(
  onRequest: (socket: Socket) => void,
): Promise<{ readonly outcome: HttpAnswer | { readonly reason: string }; readonly ms: number; readonly closed: Promise<void> }> {
  let closed = Promise.resolve();
  server = await listenRaw((socket) => {
    closed = new Promise((resolve) => socket.on("close", () => resolve()));
    socket.once("data", () => onRequest(socket));
  });
  client = createHttpClient({ allow: ["127.0.0.0/8"], ports: [server.port], userAgent: "Rulewright/test" });
  const started = performance.now();
  const outcome = await client
    .request({ method: "POST", url: `http://127.0.0.1:${server.port}/`, body: "{}", timeoutMs: DEADLINE_MS })
    .catch((error: { reason: string }) => error);
  return { outcome, ms: performance.now() - started, closed };
}

const ENDLESS: Record<string, (socket: Socket) => void> = {
  "a silent receiver": () => undefined,
  "headers that drip": (socket) => {
    socket.write(HEAD);
    drip(socket, "X-A: 1\r\n");
  },
  "a body that drips": (socket) => {
    socket.write(`${HEAD}Content-Length: 1000000\r\n\r\n`);
    drip(socket, "x");
  },
  "chunks that drip": (socket) => {
    socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    drip(socket, "1\r\nx\r\n");
  },
  "a body that stops half way": (socket) => socket.write(`${HEAD}Content-Length: 10\r\n\r\nhalf`),
  "a few 1xx and then silence": (socket) => socket.write("HTTP/1.1 100 Continue\r\n\r\n".repeat(3)),
};

const AT_ONCE: Record<string, readonly [reason: string, onRequest: (socket: Socket) => void]> = {
  "a reset before the answer": ["connection", (socket) => socket.resetAndDestroy()],
  "a close before the answer": ["connection", (socket) => socket.end()],
  "a reset in the body": ["connection", (socket) => socket.write(`${HEAD}Content-Length: 100\r\n\r\nhalf`, () => socket.resetAndDestroy())],
  "a close in the body": ["connection", (socket) => socket.end(`${HEAD}Content-Length: 100\r\n\r\nhalf`)],
  "a header bomb": ["protocol", (socket) => pour(socket, `${HEAD}X-Bomb: ${"x".repeat(60_000)}\r\n`)],
  "many headers": ["protocol", (socket) => (socket.write(HEAD), pour(socket, "X-Bomb: 1\r\n".repeat(5_000)))],
  "a location of a megabyte": ["protocol", (socket) => pour(socket, `HTTP/1.1 302 Found\r\nLocation: ${"x".repeat(1_000_000)}`)],
  "a flood of 100": ["protocol", (socket) => pour(socket, "HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000))],
  "a flood of 103": ["protocol", (socket) => pour(socket, "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n".repeat(1_000))],
  "HTTP/0.9": ["protocol", (socket) => socket.end("<html>hello</html>")],
  "another protocol": ["protocol", (socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n")],
  "two lengths": ["protocol", (socket) => socket.write(`${HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`)],
  "an upgrade that nobody asked for": [
    "connection",
    (socket) => socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
  ],
};

describe("ends at the deadline", () => {
  it.each(Object.entries(ENDLESS))("%s", async (_, onRequest) => {
    const { outcome, ms, closed } = await ask(onRequest);
    expect(outcome).toMatchObject({ reason: "timeout", retry: true });
    expect(ms).toBeGreaterThanOrEqual(DEADLINE_MS - 5);
    expect(ms).toBeLessThan(DEADLINE_MS + 1_000);
    await closed;
  });
});

describe("ends before the deadline", () => {
  it.each(Object.entries(AT_ONCE))("%s", async (_, [reason, onRequest]) => {
    const { outcome, closed } = await ask(onRequest);
    expect(outcome).toMatchObject({ reason, retry: true });
    await closed;
  });

  it.each([["Content-Length: 1000000000000"], ["Transfer-Encoding: chunked"], ["Connection: close"]])(
    "an endless body (%s), cut at 64 KB",
    async (framing) => {
      const chunk = "x".repeat(10_000);
      const { outcome, closed } = await ask((socket) => {
        socket.write(`${HEAD}${framing}\r\n\r\n`);
        pour(socket, framing.endsWith("chunked") ? `${chunk.length.toString(16)}\r\n${chunk}\r\n` : chunk);
      });
      expect(outcome).toMatchObject({ status: 200, cut: true, body: "x".repeat(65_536) });
      await closed;
    },
  );

  it("a compressed bomb, which is not unpacked", async () => {
    const { outcome } = await ask((socket) => socket.end(`${HEAD}Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x00\x08`));
    expect(outcome).toMatchObject({ status: 200, body: "\x1f\x00\x08" });
  });
});

it("a hundred hostile receivers at once each end by their deadline", async () => {
  const kinds = [...Object.values(ENDLESS), ...Object.values(AT_ONCE).map(([, onRequest]) => onRequest)];
  let turn = 0;
  server = await listenRaw((socket) => socket.once("data", () => kinds[turn++ % kinds.length]?.(socket)));
  const calling = (client = createHttpClient({ allow: ["127.0.0.0/8"], ports: [server.port], userAgent: "Rulewright/test" }));
  const url = `http://127.0.0.1:${server.port}/`;
  const started = performance.now();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 100 }, () => calling.request({ method: "POST", url, body: "{}", timeoutMs: DEADLINE_MS })),
  );
  expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
  expect(performance.now() - started).toBeLessThan(DEADLINE_MS + 1_000);
});
