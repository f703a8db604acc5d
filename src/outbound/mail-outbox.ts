import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SendMailOptions } from "nodemailer";
import type { MailMessage } from "./mail-message.ts";
import { MailError } from "./mail-error.ts";
import type { MailTransport } from "./mail.ts";

/** Where there is no SMTP server: each mail is a file `<message id>.eml` in a folder, complete or not there; a repeat replaces it. */
export function outboxTransport(folder: string): MailTransport {
  let written = 0;

  async function deliver(mail: SendMailOptions, _signal: AbortSignal | undefined, { messageId: name }: MailMessage) {
    const { createTransport } = await import("nodemailer");
    const composer = createTransport({
      streamTransport: true,
      buffer: true,
      newline: "windows",
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const { message, envelope } = await composer.sendMail(mail);
    if (!Buffer.isBuffer(message)) throw new MailError("the mail was not composed in memory", true);
    const temporary = join(folder, `.${name}.${process.pid}.${++written}.tmp`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(temporary, message, { flag: "wx" });
      await rename(temporary, join(folder, `${name}.eml`));
    } catch (cause) {
      // The first cause is the one to tell.
      await rm(temporary, { force: true }).catch(() => undefined);
      throw new MailError(
        `the mail could not be written to ${folder}: ${cause instanceof Error ? cause.message : String(cause)}`,
        false,
        cause,
      );
    }
    return { accepted: envelope.to, rejected: [] };
  }

  return { deliver, close: async () => undefined };
}
