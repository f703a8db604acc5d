import { once } from "node:events";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { callbackify } from "node:util";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerEnvelope } from "smtp-server";

/** A mail as the server got it: who it was really for, and what a mail program shows of it. */
export type ReceivedMail = { readonly from: string; readonly to: readonly string[]; readonly raw: string; readonly mail: ParsedMail };

export type Reply = { readonly code: number; readonly text: string };

/** What the server says to a recipient, or to a whole message; undefined is yes. A test changes it as it goes. */
export type SmtpBehaviour = { recipient?: (address: string) => Reply | undefined; data?: () => Reply | undefined };

export type SmtpListener = {
  readonly url: string;
  readonly received: ReceivedMail[];
  readonly behaviour: SmtpBehaviour;
  close(): Promise<void>;
};

/** A real SMTP server on loopback. */
export async function listenSmtp(): Promise<SmtpListener> {
  const received: ReceivedMail[] = [];
  const behaviour: SmtpBehaviour = {};
  async function receive(stream: Readable, { mailFrom, rcptTo }: SMTPServerEnvelope): Promise<void> {
    const raw = await buffer(stream);
    const refused = refusal(behaviour.data?.());
    if (refused) throw refused;
    received.push({
      from: mailFrom ? mailFrom.address : "",
      to: rcptTo.map(({ address }) => address),
      raw: raw.toString(),
      mail: await simpleParser(raw),
    });
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    onRcptTo: ({ address }, _session, callback) => callback(refusal(behaviour.recipient?.(address))),
    onData: (stream, { envelope }, callback) => callbackify(receive)(stream, envelope, callback),
  });
  server.on("error", () => undefined);
  const listening = once(server.server, "listening");
  server.listen(0, "127.0.0.1");
  await listening;
  const address = server.server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `smtp://127.0.0.1:${port}`, received, behaviour, close };
}

function refusal(reply: Reply | undefined): Error | undefined {
  return reply && Object.assign(new Error(reply.text), { responseCode: reply.code });
}
