import https from "node:https";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpClient, type HttpCall, type HttpClient } from "../../src/outbound/http.ts";
import { listen, listenHttp, type Listener, listenRaw } from "./listener.ts";
import { SELF_SIGNED } from "./self-signed.ts";

const open: (Listener | HttpClient)[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function keep<T extends Listener | HttpClient>(one: T): T {
  open.push(one);
  return one;
}

function clientOf({ port }: Listener): HttpClient {
  return keep(createHttpClient({ allow: ["127.0.0.0/8"], ports: [port], userAgent: "Rulewright/test" }));
}

function call(listener: Listener, more: Partial<HttpCall> = {}): HttpCall {
  return { method: "POST", url: `http://127.0.0.1:${listener.port}/hook?a=1`, body: "{}", timeoutMs: 5_000, ...more };
}

describe("a request", () => {
  it("arrives as it was given, with nothing asked for that was not", async () => {
    const server = keep(await listenHttp((_, response) => response.writeHead(201, { "X-Answer": "yes" }).end("säved")));
    const answer = await clientOf(server).request(
      call(server, { method: "DELETE", body: "grün", headers: { "Content-Type": "text/plain" } }),
    );
    expect(answer).toMatchObject({ status: 201, body: "säved", cut: false, headers: { "x-answer": "yes" } });
    expect(server.received).toEqual([
      {
        method: "DELETE",
        url: "/hook?a=1",
        body: "grün",
        headers: {
          "content-type": "text/plain",
          "content-length": "5",
          "user-agent": "Rulewright/test",
          host: `127.0.0.1:${server.port}`,
          connection: "keep-alive",
        },
      },
    ]);
  });

  it("sends its own User-Agent where it has one", async () => {
    const server = keep(await listenHttp((_, response) => response.end()));
    await clientOf(server).request(call(server, { headers: { "user-agent": "mine" } }));
    expect(server.received[0]?.headers["user-agent"]).toBe("mine");
  });

  it("reuses one connection for calls after one another", async () => {
    const server = keep(await listenHttp((_, response) => response.end("ok")));
    const client = clientOf(server);
    for (let n = 0; n < 5; n++) await client.request(call(server));
    expect([server.received.length, server.connections()]).toEqual([5, 1]);
  });

  it.each([301, 302, 303, 307, 308])("takes a %i for the answer", async (status) => {
    const server = keep(await listenHttp((_, response) => response.writeHead(status, { Location: "/elsewhere" }).end()));
    expect((await clientOf(server).request(call(server))).status).toBe(status);
    expect(server.received).toHaveLength(1);
  });

  it("is not made twice when a kept connection dies under it", async () => {
    let requests = 0;
    const server = keep(
      await listenRaw((socket) =>
        socket.on("data", () =>
          ++requests === 1 ? socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") : socket.resetAndDestroy(),
        ),
      ),
    );
    const client = clientOf(server);
    await client.request(call(server));
    await expect(client.request(call(server))).rejects.toMatchObject({ reason: "connection", retry: true });
    expect([requests, server.connections()]).toEqual([2, 1]);
  });
});

describe("a body over the limit", () => {
  it("is cut and its connection closed", async () => {
    const server = keep(await listenHttp((_, response) => response.end("x".repeat(200_000))));
    const client = clientOf(server);
    const answer = await client.request(call(server));
    expect([answer.status, answer.cut, answer.body.length]).toEqual([200, true, 65_536]);
    await client.request(call(server));
    expect(server.connections()).toBe(2);
  });

  it.each([
    ["abcd", 4, "abcd", false],
    ["abcde", 4, "abcd", true],
    ["aéé", 4, "aé", true],
    ["", 0, "", false],
  ])("%s at %i bytes is %s", async (body, maxBodyBytes, kept, cut) => {
    const server = keep(await listenHttp((_, response) => response.end(body)));
    expect(await clientOf(server).request(call(server, { maxBodyBytes }))).toMatchObject({ body: kept, cut });
  });
});

describe("an error", () => {
  it("of a name that does not exist can pass", async () => {
    const client = keep(
      createHttpClient({
        userAgent: "x",
        resolve: (_, __, callback) => process.nextTick(callback, Object.assign(new Error("no"), { code: "ENOTFOUND" }), []),
      }),
    );
    await expect(client.request({ method: "POST", url: "http://nowhere.test/a?token=secret", timeoutMs: 1_000 })).rejects.toMatchObject({
      reason: "dns",
      retry: true,
      message: "the name nowhere.test could not be looked up (ENOTFOUND)",
    });
  });

  it("of a name server that is silent ends at the deadline", async () => {
    const client = keep(createHttpClient({ userAgent: "x", resolve: () => undefined }));
    await expect(client.request({ method: "POST", url: "http://slow.test/", timeoutMs: 50 })).rejects.toMatchObject({
      reason: "timeout",
      retry: true,
    });
  });

  it("of a port where nobody listens can pass", async () => {
    const server = await listenHttp(() => undefined);
    const client = clientOf(server);
    await server.close();
    open.splice(open.indexOf(server), 1);
    await expect(client.request(call(server))).rejects.toMatchObject({ reason: "connection", retry: true });
  });

  it("of a certificate that nobody vouches for is found whatever the environment says", async () => {
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      let requests = 0;
      const server = keep(await listen(https.createServer(SELF_SIGNED, (_, response) => response.end(String(++requests)))));
      const url = `https://127.0.0.1:${server.port}/`;
      await expect(clientOf(server).request(call(server, { url }))).rejects.toMatchObject({ reason: "tls", retry: true });
      expect(requests).toBe(0);
    } finally {
      delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    }
  });
});

describe("an abort", () => {
  it("ends every call that shares its signal, with one listener and no warning", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): number => warnings.push(warning);
    process.on("warning", onWarning);
    const stop = new AbortController();
    let arrived = 0;
    const server = keep(await listenHttp(() => ++arrived === 40 && stop.abort()));
    const client = clientOf(server);
    const calls = await Promise.allSettled(Array.from({ length: 40 }, () => client.request(call(server, { signal: stop.signal }))));
    expect(calls.map((one) => one.status === "rejected" && one.reason.reason)).toEqual(Array.from({ length: 40 }, () => "aborted"));
    await expect(client.request(call(server, { signal: stop.signal }))).rejects.toMatchObject({ reason: "aborted", retry: true });
    process.off("warning", onWarning);
    expect([warnings, arrived]).toEqual([[], 40]);
  });

  it("is the same when the client is closed", async () => {
    const server = keep(await listenHttp(() => client.close()));
    const client = clientOf(server);
    await expect(client.request(call(server))).rejects.toMatchObject({ reason: "connection", retry: true });
  });
});
