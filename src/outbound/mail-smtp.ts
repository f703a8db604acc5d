import type { SendMailOptions } from "nodemailer";
import { MAX_RECIPIENTS } from "./mail-message.ts";
import { MailError, nodemailerError, toMailError } from "./mail-error.ts";
import type { MailReceipt, MailTransport } from "./mail.ts";

/** Connections kept open to the server. */
const CONNECTIONS = 5;
const CONNECT_MS = 15_000;
const IDLE_MS = 30_000;
/** For all of a delivery, against a server that stalls by trickling its replies, which no idle timeout notices. */
const DELIVERY_MS = 60_000;

/** Delivers over pooled connections to the operator's SMTP server (`smtp://`, `smtps://`), which is exempt from the outbound guard. */
export function smtpTransport(url: string): MailTransport {
  let opening: ReturnType<typeof openPool> | null = null;

  async function deliver(mail: SendMailOptions, signal: AbortSignal | undefined): Promise<MailReceipt> {
    const stop = new AbortController();
    const giveUp = (): void => stop.abort();
    const deadline = setTimeout(giveUp, DELIVERY_MS);
    signal?.addEventListener("abort", giveUp, { once: true });
    if (signal?.aborted) giveUp();
    try {
      const pool = await (opening ??= openPool(url));
      const info = await pool.sendMail({ ...mail, signal: stop.signal });
      return { accepted: info.accepted, rejected: (info.rejectedErrors ?? []).map(toRejection) };
    } catch (cause) {
      // All of them were refused, each perhaps for another reason. Only then does the error name them.
      const { rejectedErrors } = nodemailerError(cause);
      if (rejectedErrors && rejectedErrors.length > 0) return { accepted: [], rejected: rejectedErrors.map(toRejection) };
      if (!stop.signal.aborted) throw toMailError(cause);
      const why = signal?.aborted
        ? "given up: this process is stopping"
        : `the mail server did not take the mail within ${DELIVERY_MS / 1000} s`;
      throw new MailError(why, false, cause);
    } finally {
      clearTimeout(deadline);
      signal?.removeEventListener("abort", giveUp);
    }
  }

  return { deliver, close: async () => (await opening)?.close() };
}

function toRejection(cause: unknown) {
  const { recipient = "", permanent, response, message } = nodemailerError(cause);
  return { address: recipient, error: (response ?? message).slice(0, 500), permanent: permanent === true };
}

/** Nodemailer takes a tenth of a second to load, so only who sends loads it. */
async function openPool(url: string) {
  const { createTransport } = await import("nodemailer");
  return createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS,
    // A pooled connection may have been closed since; beyond that the run's own retries decide.
    maxRequeues: 1,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: IDLE_MS,
    maxRecipients: MAX_RECIPIENTS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
