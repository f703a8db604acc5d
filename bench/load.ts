import autocannon from "autocannon";
import { HEADERS, makeEventBody } from "./event.ts";
import { PATIENCE_MS } from "./processes.ts";
import type { Receiver } from "./receiving.ts";

export type Load = {
  /** Where events go; with several the connections are shared out. */
  readonly urls: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** Events a second; as many as go where absent. */
  readonly rate?: number;
  /** Is nothing under way in the store any more? */
  readonly settled?: () => Promise<boolean>;
};

/** Sends events for so long; deliveries a second until the last has arrived and is settled. */
export async function deliver(receiver: Receiver, { urls, connections, seconds, rate, settled }: Load): Promise<number> {
  await receiver.reset();
  const started = performance.now();
  const results = await Promise.all(
    urls.map((url) =>
      autocannon({
        url,
        connections: Math.ceil(connections / urls.length),
        duration: seconds,
        ...(rate === undefined ? {} : { overallRate: rate / urls.length }),
        requests: [{ method: "POST", headers: { ...HEADERS }, setupRequest: (request) => ({ ...request, body: makeEventBody() }) }],
      }),
    ),
  );
  for (const { url, non2xx, errors } of results)
    if (non2xx > 0 || errors > 0) throw new Error(`${url}: ${non2xx} refused, ${errors} errors`);
  const sent = results.reduce((sum, result) => sum + result["2xx"], 0);
  let arrived = 0;
  for (let moved = performance.now(); arrived < sent;) {
    const count = await receiver.count();
    if (count > arrived) moved = performance.now();
    else if (performance.now() - moved > PATIENCE_MS) throw new Error(`${urls.join(", ")}: ${sent} accepted, ${count} arrived`);
    arrived = count;
  }
  for (const arrival = performance.now(); settled && !(await settled());)
    if (performance.now() - arrival > PATIENCE_MS) throw new Error(`${urls.join(", ")}: ${sent} arrived and not all were settled`);
  return sent / ((performance.now() - started) / 1000);
}
