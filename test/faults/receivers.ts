import { listenHttp } from "../outbound/listener.ts";
import { listenSmtp } from "../outbound/smtp-listener.ts";

/** The outside: who gets the webhooks and the mails, and counts them by their ids. */
export type Receivers = {
  /** Of the webhooks' receiver. */
  readonly port: number;
  readonly smtpUrl: string;
  readonly webhooks: ReadonlyMap<string, number>;
  mails(): ReadonlyMap<string, number>;
  close(): Promise<void>;
};

/** Every so many webhooks the first attempt is refused. */
const REFUSED = 50;
/** A second attempt after a lost first comes after the lease at the earliest, 8 s: whatever comes before that is the first. */
const FIRST_ATTEMPT_MS = 7_000;

/** Answers some first attempts 500. Only first ones: after the second the schedule waits for minutes. */
export async function listenForAll(): Promise<Receivers> {
  const webhooks = new Map<string, number>();
  const http = await listenHttp(({ headers }, response) => {
    const id = String(headers["webhook-id"]);
    const first = count(webhooks, id) === 1;
    response.writeHead(first && isRefused(id) ? 500 : 200).end();
  });
  const smtp = await listenSmtp();
  return {
    port: http.port,
    smtpUrl: smtp.url,
    webhooks,
    mails() {
      const mails = new Map<string, number>();
      for (const { raw } of smtp.received) count(mails, /^Message-ID: <([^@>]+)@/im.exec(raw)?.[1] ?? "none");
      return mails;
    },
    close: async () => void (await Promise.all([http.close(), smtp.close()])),
  };
}

function isRefused(id: string): boolean {
  const sum = Buffer.from(id).reduce((total, byte) => total + byte, 0);
  return sum % REFUSED === 0 && Date.now() - plannedAt(id) < FIRST_ATTEMPT_MS;
}

/** A run's id begins with the instant of its event, ms in Crockford's base32. */
function plannedAt(id: string): number {
  const digits = id.slice("run_".length, "run_".length + 10);
  return Array.from(digits).reduce((ms, digit) => ms * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(digit), 0);
}

function count(counts: Map<string, number>, id: string): number {
  const times = (counts.get(id) ?? 0) + 1;
  counts.set(id, times);
  return times;
}
