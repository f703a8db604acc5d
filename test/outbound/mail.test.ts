import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { simpleParser } from "mailparser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMailer, isOneAddress, MailError, type Mailer, type MailMessage } from "../../src/outbound/mail.ts";
import { listenRaw } from "./listener.ts";
import { listenSmtp, type SmtpListener } from "./smtp-listener.ts";

const RUN = "run_01JDABCDEF0123456789ABCDEF";
const FROM = "billing@zylker.example";

function message(more: Partial<MailMessage> = {}): MailMessage {
  return { messageId: RUN, to: ["a@shop.example"], subject: "Thank you", html: "<p>Thank you</p>", text: "Thank you", ...more };
}

async function errorOf(sending: Promise<unknown>): Promise<MailError> {
  const error: unknown = await sending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof MailError) return error;
  throw new Error(`expected a MailError, got ${String(error)}`);
}

describe("isOneAddress", () => {
  it.each(["a@shop.example", "first.last+tag@sub.shop.example", "o'neil@shop.example", "A_b-1@SHOP.example", "a@xn--bcher-kva.example"])(
    "takes %s",
    (address) => expect(isOneAddress(address)).toBe(true),
  );
  it.each([
    "",
    "@",
    "a",
    "a@",
    "@shop.example",
    "a@localhost",
    "a@shop.example ",
    " a@shop.example",
    "a@@shop.example",
    "a@b@shop.example",
    "a..b@shop.example",
    ".a@shop.example",
    "a@-shop.example",
    "a@shop..example",
    "a@shop.example.",
    "a@127.0.0.1",
    "a@[127.0.0.1]",
    "a@shop.example,b@evil.example",
    "a@shop.example;b@evil.example",
    "a@shop.example b@evil.example",
    "<a@shop.example>",
    "A <a@shop.example>",
    '"a b"@shop.example',
    "a(comment)@shop.example",
    "group:a@shop.example;",
    "a@shop.example\r\nBcc: evil@evil.example",
    "a@shop.example\n",
    "a@shop.example\u0000",
    "a@shop.example\u2028",
    "a@shop.example\u0085",
    "a\u2029@shop.example",
    "ä@shop.example",
    "a@shöp.example",
    `${"a".repeat(65)}@shop.example`,
    `a@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.${"f".repeat(60)}.example`,
  ])("refuses %j", (text) => expect(isOneAddress(text)).toBe(false));
});

describe("over SMTP", () => {
  let server: SmtpListener;
  let mailer: Mailer;
  beforeEach(async () => {
    server = await listenSmtp();
    mailer = createMailer({ url: server.url, from: FROM, outbox: "/nowhere" });
  });
  afterEach(async () => {
    await mailer.close();
    await server.close();
  });

  it("sends one message to all, marked as automatic, with the Message-ID of the run", async () => {
    const to = ["a@shop.example", "b@shop.example"];
    expect(await mailer.send(message({ to, replyTo: "sales@zylker.example" }))).toEqual({ accepted: to, rejected: [] });
    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toMatchObject({ from: FROM, to });
    const mail = server.received[0]?.mail;
    expect(mail).toMatchObject({ messageId: `<${RUN}@zylker.example>`, subject: "Thank you", html: "<p>Thank you</p>" });
    expect(mail?.text?.trim()).toBe("Thank you");
    expect(mail?.replyTo?.text).toBe("sales@zylker.example");
    expect(mail?.headers.get("auto-submitted")).toBe("auto-generated");
  });

  it("has the same Message-ID at every attempt", async () => {
    await mailer.send(message());
    await mailer.send(message());
    expect(server.received.map(({ mail }) => mail.messageId)).toEqual(Array(2).fill(`<${RUN}@zylker.example>`));
  });

  it.each([
    ["a refused recipient, for good", 550, true],
    ["a refused recipient, for now", 451, false],
  ])("names %s beside those who got it", async (_, code, permanent) => {
    server.behaviour.recipient = (address) => (address.startsWith("b@") ? { code, text: "no" } : undefined);
    const receipt = await mailer.send(message({ to: ["a@shop.example", "b@shop.example"] }));
    expect(receipt).toEqual({
      accepted: ["a@shop.example"],
      rejected: [{ address: "b@shop.example", error: expect.stringContaining(String(code)), permanent }],
    });
    expect(server.received[0]?.to).toEqual(["a@shop.example"]);
  });

  it("names each of them where all are refused", async () => {
    server.behaviour.recipient = (address) => ({ code: address.startsWith("a@") ? 550 : 451, text: "no" });
    const { accepted, rejected } = await mailer.send(message({ to: ["a@shop.example", "b@shop.example"] }));
    expect([accepted, rejected.map(({ address, permanent }) => [address, permanent])]).toEqual([
      [],
      [
        ["a@shop.example", true],
        ["b@shop.example", false],
      ],
    ]);
  });

  it("throws for everybody where one recipient and then the message is refused", async () => {
    server.behaviour.recipient = (address) => (address.startsWith("a@") ? { code: 550, text: "no" } : undefined);
    server.behaviour.data = () => ({ code: 451, text: "later" });
    const error = await errorOf(mailer.send(message({ to: ["a@shop.example", "b@shop.example"] })));
    // All are to be tried again: the first is then refused again, and for good.
    expect(error.permanent).toBe(false);
  });

  it.each([
    [451, false],
    [554, true],
  ])("throws where the message is refused with %i", async (code, permanent) => {
    server.behaviour.data = () => ({ code, text: "no thanks" });
    const error = await errorOf(mailer.send(message()));
    expect(error.permanent).toBe(permanent);
    expect(error.message).toContain(`${code} no thanks`);
  });

  it("can be tried again where there is no server", async () => {
    await server.close();
    expect((await errorOf(mailer.send(message()))).permanent).toBe(false);
  });

  it("gives up on a silent server when told to", async () => {
    const silent = await listenRaw(() => stop.abort());
    const stop = new AbortController();
    const other = createMailer({ url: `smtp://127.0.0.1:${silent.port}`, from: FROM, outbox: "/nowhere" });
    expect(await errorOf(other.send(message(), stop.signal))).toMatchObject({
      permanent: false,
      message: expect.stringContaining("stopping"),
    });
    await other.close();
    await silent.close();
  });

  it.each([
    "a@shop.example\r\nBcc: evil@evil.example",
    "a@shop.example\nBcc: evil@evil.example",
    "a@shop.example, evil@evil.example",
    "A <evil@evil.example>",
    "group: evil@evil.example;",
    '"a@shop.example" <evil@evil.example>',
    "a@shop.example>\r\nRCPT TO:<evil@evil.example",
  ])("sends nothing to %j", async (address) => {
    for (const mail of [message({ to: [address] }), message({ from: address }), message({ replyTo: address })])
      expect((await errorOf(mailer.send(mail))).permanent).toBe(true);
    expect(server.received).toEqual([]);
  });

  it("gives the declared recipients a message with the declared headers, whatever stands in it", async () => {
    const nasty = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc
        .array(
          fc.constantFrom(
            "\r\n",
            "\n",
            "\r",
            "\u2028",
            "\u0085",
            "\0",
            "Bcc: evil@evil.example",
            ".\r\n",
            "=?utf-8?Q?=0D=0ABcc:_e@e.example?=",
            "RCPT TO:<e@e.example>",
            "x",
          ),
          { maxLength: 8 },
        )
        .map((parts) => parts.join("")),
    );
    const headers = ["auto-submitted", "content-type", "date", "from", "message-id", "mime-version", "subject", "to"];
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, async (subject, html, text) => {
        server.received.length = 0;
        await mailer.send(message({ to: ["a@shop.example", "b@shop.example"], subject, html, text }));
        expect(server.received).toHaveLength(1);
        expect(server.received[0]?.to).toEqual(["a@shop.example", "b@shop.example"]);
        const names = [...(server.received[0]?.mail.headers.keys() ?? [])];
        // A subject of nothing but spaces is left out; one part alone brings its encoding with it.
        expect(names.filter((name) => ![...headers, "content-transfer-encoding"].includes(name))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("reads no file and no URL for a message", async () => {
    const html = `<img src="file:///etc/passwd"><img src="http://127.0.0.1:1/x">`;
    await mailer.send(message({ html }));
    expect(server.received[0]?.raw).not.toContain("root:");
    expect(server.received[0]?.mail.attachments).toEqual([]);
  });
});

describe("without a server", () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "outbox-"))));
  afterEach(() => rm(folder, { recursive: true }));

  it("writes the message as a file, from somebody even where nobody said who, and a repeat replaces it", async () => {
    const outbox = join(folder, "outbox");
    const mailer = createMailer({ url: null, from: null, outbox });
    await mailer.send(message({ subject: "first" }));
    expect(await mailer.send(message({ subject: "Grüße, second" }))).toEqual({ accepted: ["a@shop.example"], rejected: [] });
    expect(await readdir(outbox)).toEqual([`${RUN}.eml`]);
    const mail = await simpleParser(await readFile(join(outbox, `${RUN}.eml`)));
    expect(mail).toMatchObject({ subject: "Grüße, second", html: "<p>Thank you</p>", messageId: `<${RUN}@localhost>` });
    expect(mail.from?.text).toBe("rulewright@localhost");
  });

  it.each(["../escape", "a/b", "", "..", "run\r\nX: y"])("makes no file of the id %j", async (messageId) => {
    const mailer = createMailer({ url: null, from: FROM, outbox: folder });
    expect((await errorOf(mailer.send(message({ messageId })))).permanent).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it("can be tried again where the folder cannot be made", async () => {
    await writeFile(join(folder, "file"), "");
    const mailer = createMailer({ url: null, from: FROM, outbox: join(folder, "file", "outbox") });
    expect((await errorOf(mailer.send(message()))).permanent).toBe(false);
  });
});

describe("settings", () => {
  it("says what is missing where there is no sender", async () => {
    const mailer = createMailer({ url: "smtp://127.0.0.1:1", from: null, outbox: "/nowhere" });
    expect(await errorOf(mailer.send(message()))).toMatchObject({
      permanent: true,
      message: expect.stringContaining("RULEWRIGHT_MAIL_FROM"),
    });
  });
  it("takes only SMTP, and does not tell the password", () => {
    const make = () => createMailer({ url: "http://user:secret@mail.example", from: FROM, outbox: "/nowhere" });
    expect(make).toThrow(/^mail\.url: expected an SMTP URL/);
    expect(make).not.toThrow(/secret/);
  });
  it("takes only one plain address as the sender", () => {
    expect(() => createMailer({ url: null, from: "Zylker <a@b.example>", outbox: "/nowhere" })).toThrow(/^mail\.from/);
  });
});
