import http from "node:http";

/** Takes webhooks and says on request how many came and how long after their event was sent (`sent_at` in the record, ms). */
let count = 0;
let latencies: number[] = [];

const server = http.createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString("latin1")));
  request.on("end", () => {
    count += 1;
    const sent = /"sent_at":(\d+(?:\.\d+)?)/.exec(body)?.[1];
    if (sent) latencies.push(performance.timeOrigin + performance.now() - Number(sent));
    response.writeHead(200).end("ok");
  });
});

process.on("message", (message) => {
  if (message === "reset") {
    count = 0;
    latencies = [];
  }
  process.send?.({ count, latencies: message === "latencies" ? latencies : [] });
});
process.on("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as { port: number }).port }));
