import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { invoice, onCreated, startApplication, webhook, type Options, type TestApplication } from "./application.ts";
import { expectZohoSignature, verifyStandard } from "./receiver-checks.ts";

const SECRET = "aSecretOf24CharactersHere";

let app: TestApplication | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

async function start(options: Options): Promise<TestApplication> {
  return (app = await startApplication(options));
}

/** The one request that arrived. */
function only({ receiver: { received } }: TestApplication) {
  const [request] = received;
  if (!request || received.length > 1) throw new Error(`expected one request, got ${received.length}`);
  return request;
}

it("a webhook arrives with the default payload, its query and both signatures", async () => {
  const t = await start({
    rules: (url) =>
      webhook(
        "tell",
        `url: ${url}/hooks/books?source=books&empty=
secret: ${SECRET}
parameters: [{ name: token, value: a b&ü }, { name: invoice, value: "\${INVOICE.INVOICE_NUMBER}" }]
headers: [{ name: X-Source, value: "rulewright \${INVOICE.INVOICE_ID}" }]`,
      ),
  });
  await t.emit({ ...invoice(), id: "evt-1" });
  const request = only(t);
  const [run] = await t.runs();
  expect(run).toMatchObject({ status: "succeeded", attempts: [{ number: 1, response: { status: 200, body: "heard" } }] });
  expect(request).toMatchObject({ method: "POST", url: "/hooks/books?source=books&empty=&token=a%20b%26%C3%BC&invoice=INV%20%2287%22" });
  expect(request.headers).toMatchObject({
    "content-type": "application/json",
    "webhook-id": run?.id,
    "x-source": "rulewright 90300",
    "user-agent": expect.stringMatching(/^Rulewright\/\d/),
  });
  expect(JSON.parse(request.body)).toEqual({
    invoice: {
      invoice_id: "90300",
      invoice_number: 'INV "87"',
      status: "paid",
      total: "12000.0",
      customer_name: "Arun",
      email: "arun@customer.example",
    },
  });
  verifyStandard(request, SECRET);
  expect(() => verifyStandard({ ...request, body: `${request.body} ` }, SECRET)).toThrow("No matching signature");
  expectZohoSignature(request, SECRET);
});

it("a webhook without a secret is not signed and says which run it is all the same", async () => {
  const t = await start({ rules: (url) => webhook("tell", `url: ${url}/`) });
  await t.emit(invoice());
  const { headers } = only(t);
  expect(headers).not.toHaveProperty("webhook-signature");
  expect(headers).not.toHaveProperty("x-zoho-webhook-signature");
  expect(headers["webhook-id"]).toMatch(/^run_/);
});

it("a raw body has its placeholders filled in, escaped for where they stand", async () => {
  const t = await start({
    rules: (url) =>
      webhook(
        "tell",
        `url: ${url}/raw
secret: ${SECRET}
body: { type: raw, content: '{"text": "\${INVOICE.INVOICE_NUMBER} of \${ORGANIZATION.NAME}", "total": \${INVOICE.TOTAL}, "none": "\${INVOICE.REFERENCE_NUMBER}"}' }`,
      ) + "---\nkind: Organization\nname: Zylker & Co\n",
  });
  await t.emit(invoice());
  const request = only(t);
  expect(JSON.parse(request.body)).toEqual({ text: 'INV "87" of Zylker & Co', total: 12000, none: "" });
  verifyStandard(request, SECRET);
  expectZohoSignature(request, SECRET);
});

it("a form has its placeholders filled in, the contact's too, and its pairs are signed with the query's", async () => {
  const t = await start({
    rules: (url) =>
      webhook(
        "tell",
        `url: ${url}/form?m=1
secret: ${SECRET}
body: { type: formUrlEncoded, parameters: [{ name: msg, value: "Hello \${CONTACT.CONTACT_NAME}" }, { name: a, value: "1+1 = \${INVOICE.TOTAL}" }] }`,
      ),
  });
  await t.emit({ module: "contacts", type: "created", record: { contact_id: "7", contact_name: "José & Söhne" } });
  await t.emit(invoice({ customer_id: "7" }));
  const request = only(t);
  expect(request.headers["content-type"]).toBe("application/x-www-form-urlencoded");
  expect([...new URLSearchParams(request.body)]).toEqual([
    ["msg", "Hello José & Söhne"],
    ["a", "1+1 = 12000.0"],
  ]);
  verifyStandard(request, SECRET);
  expectZohoSignature(request, SECRET);
});

it.each(["PUT", "DELETE"])("%s is sent as that, with its body", async (method) => {
  const t = await start({
    rules: (url) => webhook("tell", `url: ${url}/one/\${INVOICE.INVOICE_ID}\nmethod: ${method}\nsecret: ${SECRET}`),
  });
  await t.emit(invoice());
  const request = only(t);
  expect(request).toMatchObject({ method, url: "/one/90300" });
  expect(JSON.parse(request.body)).toMatchObject({ invoice: { invoice_id: "90300" } });
  verifyStandard(request, SECRET);
});

it("after a 500 the same run is sent again: the same id, the same bytes, though record and definition have changed", async () => {
  const t = await start({ rules: (url) => webhook("tell", `url: ${url}/\nsecret: ${SECRET}`), statuses: [500, 503] });
  await t.emit(invoice());
  expect(await t.runs()).toMatchObject([{ status: "retrying", dueAt: t.clock.now() + 5000 }]);
  await t.emit({ ...invoice({ total: 1 }), type: "edited" });
  // URL and secret are those of now, the body is the first attempt's.
  await t.apply((url) => webhook("tell", `url: ${url}/moved\nsecret: ${SECRET}\nbody: { type: raw, content: '{"other": 1}' }`));
  t.clock.moveBy(4999);
  await t.engine.idle();
  expect(t.receiver.received).toHaveLength(1);
  t.clock.moveBy(1);
  await t.engine.idle();
  t.clock.moveBy(5 * 60_000);
  await t.engine.idle();

  const [first, ...again] = t.receiver.received;
  expect(again).toHaveLength(2);
  for (const request of again) {
    expect(request.url).toBe("/moved");
    expect(request.body).toBe(first?.body);
    expect(request.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(request.headers["webhook-timestamp"]).not.toBe(first?.headers["webhook-timestamp"]);
    expectZohoSignature(request, SECRET);
  }
  if (again[0]) verifyStandard(again[0], SECRET);
  expect(await t.runs()).toMatchObject([
    {
      status: "succeeded",
      attempts: [
        { number: 1, outcome: "failed", response: { status: 500 } },
        { number: 2, outcome: "failed", response: { status: 503 } },
        { number: 3, outcome: "succeeded", response: { status: 200 } },
      ],
    },
  ]);
});

it("a 410 ends the run at once", async () => {
  const t = await start({ rules: (url) => webhook("tell", `url: ${url}/`), statuses: [410] });
  await t.emit(invoice());
  expect(await t.runs()).toMatchObject([{ status: "failed", attempts: [{ outcome: "failed", response: { status: 410 } }] }]);
  t.clock.moveBy(86_400_000);
  await t.engine.idle();
  expect(t.receiver.received).toHaveLength(1);
});

it("an address of this machine is refused where nobody has allowed it, and never called", async () => {
  const t = await start({ rules: (url) => webhook("tell", `url: ${url}/`), env: { RULEWRIGHT_OUTBOUND_ALLOW: "" } });
  await t.emit(invoice());
  const [run] = await t.runs();
  expect(run).toMatchObject({ status: "failed", attempts: [{ outcome: "failed", response: null }] });
  expect(run?.attempts[0]?.error).toContain("127.0.0.1");
  expect(t.receiver.connections()).toBe(0);
});

it("a secret stands in no file of the store and in no line of the log, though webhooks fail and functions throw", async () => {
  const t = await start({
    rules: (url) =>
      webhook("tell-with-a-secret", `url: ${url}/\nsecret: ${SECRET}`) +
      "---\nkind: CustomFunction\nname: speak\nmodule: invoices\nlanguage: host\n" +
      onCreated("customFunction", "speak"),
    statuses: [500],
    functions: {
      speak(_input, { log }) {
        log.warn("about to throw");
        throw new Error("thrown");
      },
    },
  });
  await t.emit(invoice());
  t.clock.moveBy(5000);
  await t.engine.idle();
  for (const request of t.receiver.received) verifyStandard(request, SECRET);
  expect(t.receiver.received).toHaveLength(2);

  const names = await readdir(t.data);
  const bytes = Buffer.concat(await Promise.all(names.map((name) => readFile(join(t.data, name)))));
  expect(names).toContain("rulewright.db");
  // What is in the definition beside the secret can be found this way.
  expect(bytes.includes("tell-with-a-secret")).toBe(true);
  const lines = t.logged.join("");
  expect(lines).toContain("about to throw");
  for (const form of [SECRET, Buffer.from(SECRET).toString("base64"), Buffer.from(SECRET).toString("hex")]) {
    expect(bytes.includes(form)).toBe(false);
    expect(lines.includes(form)).toBe(false);
  }
});
