import http, { type IncomingMessage, type RequestListener } from "node:http";
import net, { type AddressInfo, type Server, type Socket } from "node:net";

export type Listener = { readonly port: number; readonly connections: () => number; close(): Promise<void> };
export type Received = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
};

/** A raw TCP server on loopback. */
export function listenRaw(onSocket: (socket: Socket) => void, host = "127.0.0.1"): Promise<Listener> {
  return listen(
    net.createServer((socket) => {
      socket.on("error", () => undefined);
      onSocket(socket);
    }),
    host,
  );
}

/** An HTTP server on loopback that keeps what it received; `answer` is called when a request is complete. */
export async function listenHttp(
  answer: (received: Received, response: Parameters<RequestListener>[1]) => void,
): Promise<Listener & { readonly received: Received[] }> {
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(one);
      answer(one, response);
    });
  });
  return { ...(await listen(server)), received };
}

export function listen(server: Server, host = "127.0.0.1"): Promise<Listener> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, () => {
      // A server that listens on a port has no path for an address.
      const { port } = server.address() as AddressInfo;
      const close = (): Promise<void> =>
        new Promise((closed) => {
          server.close(() => closed());
          for (const socket of sockets) socket.destroy();
        });
      resolve({ port, connections: () => connections, close });
    });
  });
}
