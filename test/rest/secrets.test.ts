import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, expect, it } from "vitest";
import { copyOf, liveServer, ruleOf, save, type LiveServer } from "./live.ts";

const SECRET = "Abcdefgh12345678";

let server: LiveServer;
beforeEach(async () => {
  server = await liveServer();
});
afterEach(() => server.close());

/** Sends an event that the webhook is run for, and answers what it delivered. */
async function deliver(id: string) {
  const event = { module: "invoices", type: "created", record: { invoice_id: id } };
  const { body } = await server.send("POST", "/v1/events?wait=true", event);
  expect(body["data"]?.[0]?.["executions"]?.[0]?.["runs"]?.[0]?.["status"]).toBe("succeeded");
  const delivered = server.app.receiver.received.at(-1);
  if (!delivered) throw new Error("nothing was delivered");
  return delivered;
}

function isSigned({ body, headers }: Awaited<ReturnType<typeof deliver>>, secret = SECRET): boolean {
  try {
    // Only its own headers are read, and those are single.
    new Webhook(Buffer.from(secret).toString("base64")).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

it("a literal secret signs, is never shown, and stays when what GET gave is sent back", async () => {
  const document = { name: "signed", module: "invoices", url: `http://127.0.0.1:${server.app.receiver.port}/`, secret: SECRET };
  const made = await server.send("POST", "/v1/webhooks", document);
  const own = `/v1/webhooks/${String(made.body["id"])}`;
  await save(server, "workflow-rules", ruleOf("webhook", "signed"));
  expect(made.body["secret"]).toEqual({ set: true });
  expect(isSigned(await deliver("1"))).toBe(true);

  const shown = await server.send("GET", own);
  expect(shown.body["secret"]).toEqual({ set: true });
  const kept = await server.send("PUT", own, { ...copyOf(shown.body), description: "changed" });
  expect(kept.body).toMatchObject({ version: 2, description: "changed", secret: { set: true } });
  expect(isSigned(await deliver("2"))).toBe(true);
  expect((await server.send("PATCH", own, { description: "again" })).body).toMatchObject({ version: 3, secret: { set: true } });
  expect(isSigned(await deliver("3"))).toBe(true);

  const other = await server.send("PATCH", own, { secret: "Another1234567" });
  expect(other.body).toMatchObject({ version: 4, secret: { set: true } });
  const delivered = await deliver("4");
  expect([isSigned(delivered), isSigned(delivered, "Another1234567")]).toEqual([false, true]);

  const { secret: _secret, ...without } = copyOf(shown.body);
  const removed = await server.send("PUT", own, without);
  expect([removed.status, "secret" in removed.body]).toEqual([200, false]);
  expect((await deliver("5")).headers["webhook-signature"]).toBeUndefined();

  const back = await server.send("POST", `${own}/rollback`, { version: 1 });
  expect(back.body["secret"]).toEqual({ set: true });
  expect(isSigned(await deliver("6"))).toBe(true);

  const answers = [made, shown, kept, other, removed, back];
  for (const path of ["/v1/webhooks", `${own}/versions`, "/v1/action-runs", "/v1/executions"]) answers.push(await server.send("GET", path));
  const texts = [...answers.map(({ body }) => JSON.stringify(body)), ...server.app.logged].join("\n");
  expect(texts).not.toContain(SECRET);
  expect(texts).not.toContain("sealed");
  expect(texts).not.toContain(Buffer.from(SECRET).toString("base64"));
});

it.each([
  ["a new webhook has none to keep", { set: true }],
  ["one that is too short", "short"],
  ["what is stored", { sealed: "v1.AAAA" }],
])("%s: 400, and the answer does not repeat it", async (_what, secret) => {
  const { status, body } = await server.send("POST", "/v1/webhooks", {
    name: "a",
    module: "invoices",
    url: "https://erp.example/",
    secret,
  });
  expect([status, body["code"], body["issues"]?.[0]?.["path"]]).toEqual([400, "validation_failed", "secret"]);
  expect(JSON.stringify(body)).not.toContain(typeof secret === "string" ? secret : "v1.");
});
