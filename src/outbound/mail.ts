import type { SendMailOptions } from "nodemailer";
import { RulewrightError } from "../model/errors.ts";
import { isOneAddress } from "./mail-address.ts";
import { composeMail, type MailMessage } from "./mail-message.ts";
import { outboxTransport } from "./mail-outbox.ts";
import { smtpTransport } from "./mail-smtp.ts";

export { isOneAddress } from "./mail-address.ts";
export { MailError } from "./mail-error.ts";
export { oneLine, type MailMessage } from "./mail-message.ts";

/** Who the mail was taken for and who was refused; `permanent` refusals (5xx) would be refused again. */
export type MailReceipt = {
  readonly accepted: readonly string[];
  readonly rejected: readonly { readonly address: string; readonly error: string; readonly permanent: boolean }[];
};

/** A way that composed mails go. */
export type MailTransport = {
  deliver(mail: SendMailOptions, signal: AbortSignal | undefined, message: MailMessage): Promise<MailReceipt>;
  close(): Promise<void>;
};

export type Mailer = {
  /** The configured sender. */
  readonly from: string | null;
  /** Sends one message to all of its recipients. @throws MailError where nobody got it for a reason that is not the recipients'. */
  send(message: MailMessage, signal?: AbortSignal): Promise<MailReceipt>;
  close(): Promise<void>;
};

/** Who the mails in the outbox are from where nobody said; nothing of it leaves this machine. */
const OUTBOX_SENDER = "rulewright@localhost";

/**
 * Mails by SMTP, at least once, with a Message-ID that stays; without an SMTP URL they are written as `.eml` files into the `outbox` folder.
 * @throws RulewrightError validation_failed for a URL that is not SMTP's or a sender that is not one plain address.
 */
export function createMailer({
  url,
  from,
  outbox,
}: {
  readonly url: string | null;
  readonly from: string | null;
  readonly outbox: string;
}): Mailer {
  // Neither message quotes the URL: it holds a password.
  if (url !== null && !/^smtps?:\/\/./i.test(url)) throw invalid("mail.url", "expected an SMTP URL such as smtp://host:587");
  if (from !== null && !isOneAddress(from))
    throw invalid("mail.from", `expected one plain address such as billing@example.com, got "${from}"`);
  const sender = from ?? (url === null ? OUTBOX_SENDER : null);
  const transport = url === null ? outboxTransport(outbox) : smtpTransport(url);
  return {
    from,
    send: async (message, signal) => transport.deliver(composeMail(message, sender), signal, message),
    close: () => transport.close(),
  };
}

function invalid(path: string, message: string): RulewrightError {
  return new RulewrightError("validation_failed", `${path}: ${message}`, { issues: [{ path, message }] });
}
