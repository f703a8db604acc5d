import http from "node:http";
import Database from "better-sqlite3";

// The yardstick: the least that takes an event in durably and passes it on durably. Nothing is decided, signed, counted or retried.
const [file = "", target = ""] = process.argv.slice(2);
const db = new Database(file);
db.pragma("journal_mode = wal");
db.pragma("synchronous = full");
db.exec(
  "create table event (seq integer primary key, body text); create table outbox (seq integer primary key, event integer, done integer default 0)",
);
const addEvent = db.prepare("insert into event (body) values (?)");
const addOutbox = db.prepare("insert into outbox (event) values (?)");
const markDone = db.prepare("update outbox set done = 1 where seq = ?");
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

let queue: { work: () => void; done: () => void }[] = [];
function write(work: () => void, done: () => void): void {
  if (queue.push({ work, done }) > 1) return;
  setImmediate(() => {
    const batch = queue;
    queue = [];
    db.transaction(() => batch.forEach((one) => one.work()))();
    batch.forEach((one) => one.done());
  });
}

function deliver(seq: number | bigint, body: string): void {
  const request = http.request(target, { method: "POST", agent, headers: { "content-type": "application/json" } }, (response) => {
    response.resume();
    response.on("end", () =>
      write(
        () => markDone.run(seq),
        () => undefined,
      ),
    );
  });
  // The receiver may close an idle connection in the moment it is used again.
  request.on("error", () => setTimeout(deliver, 10, seq, body));
  request.end(body);
}

const server = http.createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString()));
  request.on("end", () => {
    let seq: number | bigint = 0;
    const work = (): void => void (seq = addOutbox.run(addEvent.run(body).lastInsertRowid).lastInsertRowid);
    write(work, () => {
      response.writeHead(202).end();
      deliver(seq, body);
    });
  });
});
process.on("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as { port: number }).port }));
