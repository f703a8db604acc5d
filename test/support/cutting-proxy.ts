import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** What is cut: before the next request reaches the server, or after the server has answered it and before the answer arrives. */
export type Cut = "request" | "answer";

/** Stands between a driver and its server, passes everything on, and breaks every connection at a chosen moment. */
export type CuttingProxy = {
  readonly port: number;
  /** Breaks all connections at the next request that comes in. Resolves once that has happened. */
  cutNext(cut: Cut): Promise<void>;
  /** Nobody asks for a cut any more. */
  callOff(): void;
  close(): Promise<void>;
};

export async function cuttingProxy(target: { readonly host: string; readonly port: number }): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let armed: { readonly cut: Cut; readonly done: () => void } | null = null;

  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    /** The request that came in on this connection is the one whose answer is not to arrive. */
    let marked: (() => void) | null = null;
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        open.delete(socket);
        other.destroy();
      });
    }
    client.on("data", (request: Buffer) => {
      if (armed && !isHello(request)) {
        const { cut, done } = armed;
        armed = null;
        if (cut === "request") return breakAll(done);
        marked = done;
      }
      upstream.write(request);
    });
    upstream.on("data", (answer: Buffer) => {
      if (marked) return breakAll(marked);
      client.write(answer);
    });
  });

  function breakAll(done: () => void): void {
    for (const socket of open) socket.destroy();
    done();
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();

  return {
    port: typeof address === "object" && address ? address.port : 0,
    cutNext: (cut) =>
      new Promise((resolve) => {
        armed = { cut, done: resolve };
      }),
    callOff() {
      armed = null;
    },
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** What the driver asks by itself, to see whether the server is there. */
function isHello(request: Buffer): boolean {
  return request.includes("hello\0") || request.includes("isMaster\0") || request.includes("ismaster\0");
}
