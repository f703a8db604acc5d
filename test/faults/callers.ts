import { setTimeout as pause } from "node:timers/promises";
import { KEY } from "../support/serve.ts";
import type { Sent } from "./scenario.ts";

export type Calls = {
  /** How many events have been acknowledged so far. */
  acknowledged(): number;
  /** Lets the callers go as far as so many events. */
  allow(events: number): void;
  /** Resolves when every event is acknowledged. */
  readonly done: Promise<void>;
};

/** A request that a dying database holds up is sent again. */
const ANSWER_MS = 10_000;

/**
 * Sends each event until it is acknowledged, whatever happens to the servers.
 * @param intake where to send one now; null while nobody takes any.
 */
export function sendAll(events: readonly Sent[], callers: number, intake: () => string | null, signal: AbortSignal): Calls {
  let next = 0;
  let acknowledged = 0;
  let allowed = 0;
  let waiting: (() => void)[] = [];
  const goOn = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  signal.addEventListener("abort", goOn, { once: true });

  async function caller(): Promise<void> {
    for (let event = events[next]; event; event = events[next]) {
      signal.throwIfAborted();
      if (next >= allowed) {
        await new Promise<void>((resolve) => waiting.push(resolve));
        continue;
      }
      next += 1;
      await send(event, intake, signal);
      acknowledged += 1;
    }
  }

  return {
    acknowledged: () => acknowledged,
    allow(most) {
      allowed = Math.max(allowed, most);
      goOn();
    },
    done: Promise.all(Array.from({ length: callers }, caller)).then(() => undefined),
  };
}

async function send({ id, body }: Sent, intake: () => string | null, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const url = intake();
    const answer = url === null ? null : await post(`${url}/v1/events`, body);
    if (answer === 202) return;
    if (answer !== null && answer !== 503 && answer !== 500) throw new Error(`event ${id} was answered ${answer}`);
    await pause(5);
  }
}

/** The status, or null where the connection broke. */
async function post(url: string, body: string): Promise<number | null> {
  const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
  try {
    const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(ANSWER_MS) });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return null;
  }
}
