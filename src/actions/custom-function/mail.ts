import { MailError, type Mailer, oneLine } from "../../outbound/mail.ts";
import { plainText } from "../templates/plain-text.ts";

export type FunctionMessage = {
  readonly to: string | readonly string[];
  readonly subject: string;
  /** At least one of `html` and `text`; the text is made from the HTML when left out. */
  readonly html?: string;
  readonly text?: string;
};

export type FunctionMail = { send(message: FunctionMessage): Promise<{ readonly accepted: readonly string[] }> };

/** Mails of one run, from the configured sender; the n-th has the same Message-ID in every attempt. */
export function functionMail(mailer: Pick<Mailer, "send">, runId: string, signal: AbortSignal): FunctionMail {
  let sent = 0;
  return {
    async send({ to, subject, html, text }) {
      signal.throwIfAborted();
      if (html === undefined && text === undefined) throw new MailError("mail.send: expected html or text", true);
      const messageId = `${runId}.${++sent}`;
      const receipt = await mailer.send(
        {
          messageId,
          to: typeof to === "string" ? [to] : to,
          subject: oneLine(subject),
          html: html ?? `<pre>${escapeText(text ?? "")}</pre>`,
          text: text ?? (await plainText(html ?? "")),
        },
        signal,
      );
      const [refused] = receipt.rejected;
      if (refused) throw new MailError(`mail.send: ${refused.address} was refused: ${refused.error}`, refused.permanent);
      return { accepted: receipt.accepted };
    },
  };
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
