import type { SendMailOptions } from "nodemailer";
import { domainOf, isOneAddress } from "./mail-address.ts";
import { MailError } from "./mail-error.ts";

/** One mail. Addresses are plain and already checked (`isOneAddress`). */
export type MailMessage = {
  /** The run's id: what stands before the `@` of the Message-ID, the same for every attempt. */
  readonly messageId: string;
  /** The configured sender when left out. */
  readonly from?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly to: readonly string[];
  readonly subject: string;
  readonly html: string;
  readonly text: string;
};

/** More than any server takes in one message (RFC 5321 asks for 100); a record must not turn one alert into a mailing. */
export const MAX_RECIPIENTS = 500;

/**
 * The message as nodemailer takes it. Addresses go in as objects, one each, because a rendered string may hold another header's recipients.
 * @param sender the configured one, already checked.
 * @throws MailError permanent for what is not one address, no recipient, or an id that is no id.
 */
export function composeMail(message: MailMessage, sender: string | null): SendMailOptions {
  const from = message.from === undefined ? sender : plain(message.from).address;
  if (from === null)
    throw new MailError(
      "no sender: give the alert a `from`, or set RULEWRIGHT_MAIL_FROM (library: mail.from) to the address that mails come from",
      true,
    );
  // It is a file's name in the outbox, too.
  if (!/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/.test(message.messageId))
    throw new MailError(`"${message.messageId}" cannot be made a Message-ID`, true);
  if (message.to.length === 0) throw new MailError("no recipient", true);
  if (message.to.length > MAX_RECIPIENTS)
    throw new MailError(`${message.to.length} recipients; one mail has at most ${MAX_RECIPIENTS}`, true);
  return {
    messageId: `<${message.messageId}@${domainOf(from)}>`,
    from: { address: from, name: "" },
    ...(message.replyTo === undefined ? {} : { replyTo: plain(message.replyTo) }),
    to: message.to.map(plain),
    subject: oneLine(message.subject),
    html: message.html,
    text: message.text,
    headers: { "Auto-Submitted": "auto-generated" },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function plain(address: string): { readonly address: string; readonly name: string } {
  if (!isOneAddress(address)) throw new MailError(`not one mail address: ${JSON.stringify(address.slice(0, 200))}`, true);
  return { address, name: "" };
}

/** A text that stays one line: every control character and line separator of Unicode becomes a space. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
