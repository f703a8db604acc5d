import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LookupAddress } from "node:dns";
import { createHttpClient, type HttpCall } from "../../src/outbound/http.ts";
import { OutboundError } from "../../src/outbound/outbound-error.ts";
import type { ResolveName } from "../../src/outbound/guarded-agents.ts";
import { listenHttp, type Listener, type Received } from "./listener.ts";

let listener: Listener & { readonly received: Received[] };
beforeAll(async () => {
  listener = await listenHttp((_, response) => response.end("reached"));
});
afterAll(() => listener.close());

const PUBLIC = "203.0.114.1";
const answers =
  (addresses: readonly LookupAddress[]): ResolveName =>
  (_, __, callback) =>
    process.nextTick(callback, null, addresses);
const address = (text: string): LookupAddress => ({ address: text, family: text.includes(":") ? 6 : 4 });

async function outcome(
  url: string,
  options: {
    readonly resolve?: ResolveName;
    readonly ports?: readonly number[];
    readonly allow?: readonly string[];
    readonly call?: Partial<HttpCall>;
  } = {},
) {
  const { call, ...rest } = options;
  const client = createHttpClient({ userAgent: "Rulewright/test", ports: [listener.port, 80, 443], ...rest });
  try {
    return (await client.request({ method: "POST", url, body: "{}", timeoutMs: 2_000, ...call })).status;
  } catch (error) {
    return error instanceof OutboundError ? error.reason : error;
  } finally {
    client.close();
  }
}

describe("no spelling of a private address reaches a listener", () => {
  it.each([
    "http://127.0.0.1:P/",
    "http://127.0.0.1.:P/",
    "http://127.1:P/",
    "http://127.0.1:P/",
    "http://2130706433:P/",
    "http://0x7f000001:P/",
    "http://0x7F.0.0.1:P/",
    "http://0x7f.1:P/",
    "http://0177.0.0.1:P/",
    "http://017700000001:P/",
    "http://0177.1:P/",
    "http://127.000.000.001:P/",
    "http://0:P/",
    "http://0.0.0.0:P/",
    "http://0x0:P/",
    "http://１２７.０.０.１:P/",
    "http://127。0。0。1:P/",
    "http://①②⑦.⓪.⓪.①:P/",
    "http://%31%32%37.0.0.1:P/",
    "http://127.0.0.1%2e:P/",
    "http://localhost:P/",
    "http://LOCALHOST:P/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:P/",
    "http://[::1]:P/",
    "http://[::]:P/",
    "http://[0:0:0:0:0:0:0:1]:P/",
    "http://[::ffff:127.0.0.1]:P/",
    "http://[::ffff:7f00:1]:P/",
    "http://[::ffff:0:127.0.0.1]:P/",
    "http://[::127.0.0.1]:P/",
    "http://[64:ff9b::127.0.0.1]:P/",
    "http://[64:ff9b:1::7f00:1]:P/",
    "http://[2002:7f00:1::]:P/",
    "http://[2001:0:7f00:1::1]:P/",
    "http://[fe80::1]:P/",
    "http://[fc00::1]:P/",
    "http://[::1%25lo]:P/",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/",
    "http://[fd00:ec2::254]/",
    "https://192.168.1.1/",
    "http://100.100.100.200/",
    "http://user:secret@127.0.0.1:P/",
    "http://example.com@127.0.0.1:P/",
    "http://example.com:80@127.0.0.1:P/",
    "http://user@example.com/",
    "http://:p@example.com/",
    "http://127.0.0.1:P\\@example.com/",
    "http://127.0.0.1:P#@example.com/",
    "http://127.0.0.1:P?@example.com/",
    "http:127.0.0.1:P/",
    "http:/127.0.0.1:P/",
    "http:\\\\127.0.0.1:P/",
    "//127.0.0.1:P/",
    "127.0.0.1:P",
    "http://127.0.0.1\t:P/",
    "http://127.0.0.1:P/\r\nX-Injected: 1",
    "http://127.0.0.1:P/\r\n\r\nGET / HTTP/1.1",
    "\nhttp://127.0.0.1:P/",
    "http://exa\r\nmple.com/",
    "http://example.com\0.test/",
    "ftp://127.0.0.1:P/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:P/_",
    "ws://127.0.0.1:P/",
    "javascript:alert(1)",
    "data:text/plain,hi",
    "unix:/var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "blob:http://127.0.0.1:P/",
    "",
  ])("%j", async (url) => {
    expect(await outcome(url.replaceAll("P", String(listener.port)))).toBe("refused");
    expect(listener.connections()).toBe(0);
  });
});

describe("no answer of a name server reaches a listener", () => {
  it.each([
    [["127.0.0.1"]],
    [["::1"]],
    [["::ffff:127.0.0.1"]],
    [[PUBLIC, "127.0.0.1"]],
    [["127.0.0.1", PUBLIC]],
    [["2606:4700::1", "::1"]],
    [[PUBLIC, "fe80::1%lo"]],
    [["0.0.0.0"]],
    [[]],
    [["not an address"]],
  ])("%j", async (addresses) => {
    expect(await outcome(`http://rebound.test:${listener.port}/`, { resolve: answers(addresses.map(address)) })).toBe("refused");
    expect(listener.connections()).toBe(0);
  });

  it("looks a name up once a connection, so an answer that changes is judged each time", async () => {
    let turn = 0;
    const flipping: ResolveName = (_, __, callback) =>
      process.nextTick(callback, null, [address(++turn % 2 === 0 ? "127.0.0.1" : "::ffff:127.0.0.1")]);
    for (let n = 0; n < 50; n++) expect(await outcome(`http://rebound.test:${listener.port}/`, { resolve: flipping })).toBe("refused");
    expect([turn, listener.connections()]).toEqual([50, 0]);
  });
});

it("writes nothing to a socket that is connected elsewhere than was looked up", async () => {
  let reads = 0;
  // Judged as public, dialled as loopback: what a lookup that lies between the two would do.
  const lying = {
    family: 4,
    get address() {
      return ++reads === 1 ? PUBLIC : "127.0.0.1";
    },
  };
  const requests = listener.received.length;
  expect(await outcome(`http://rebound.test:${listener.port}/`, { resolve: answers([lying]) })).toBe("refused");
  expect(reads).toBeGreaterThan(1);
  expect(listener.received).toHaveLength(requests);
});

describe("what is allowed", () => {
  it("is reached by address and by name", async () => {
    expect(await outcome(`http://127.0.0.1:${listener.port}/`, { allow: ["127.0.0.0/8"] })).toBe(200);
    expect(await outcome(`http://127.1:${listener.port}/`, { allow: ["127.0.0.0/8"] })).toBe(200);
    expect(await outcome(`http://erp.test:${listener.port}/`, { allow: ["127.0.0.0/8"], resolve: answers([address("127.0.0.1")]) })).toBe(
      200,
    );
  });

  it("is only reached on the ports given", async () => {
    expect(await outcome(`http://127.0.0.1:${listener.port}/`, { allow: ["127.0.0.0/8"], ports: [80, 443] })).toBe("refused");
  });

  it.each([
    { headers: { "X-A": "1\r\nX-Injected: 2" } },
    { headers: { "X-A": "1\nX-Injected: 2" } },
    { headers: { "X-A\r\nX-B": "1" } },
    { headers: { "X A": "1" } },
    { headers: { "X-A": "\0" } },
    { headers: { "X-A": "東京" } },
    { headers: { "Transfer-Encoding": "chunked" } },
    { headers: { "content-length": "0" } },
    { headers: { Host: "internal.test" } },
    { headers: { Connection: "upgrade" } },
    { headers: { Expect: "100-continue" } },
    { method: "POST / HTTP/1.1\r\nX: " },
  ])("is sent nothing malformed: %j", async (call) => {
    const requests = listener.received.length;
    expect(await outcome(`http://127.0.0.1:${listener.port}/`, { allow: ["127.0.0.0/8"], call })).toBe("refused");
    expect(listener.received).toHaveLength(requests);
  });
});
