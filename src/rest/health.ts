import type { Engine } from "../engine/engine.ts";
import { RulewrightError } from "../model/errors.ts";
import { answers, HealthAnswer, ReadyAnswer } from "./answers.ts";
import type { App } from "./app.ts";
import { query } from "./query.ts";

/** A store that takes longer to say that it is there is not there for those who wait. */
const LONGEST_PING_MS = 2000;

export type HealthDeps = { readonly engine: Engine; readonly version: string; readonly isDraining: () => boolean };

/** For load balancers and supervisors; without a key. */
export function healthRoutes(app: App, { engine, version, isDraining }: HealthDeps): void {
  const open = { tags: ["health"], security: [], querystring: query({}) };
  app.get(
    "/healthz",
    { schema: { ...open, operationId: "health", summary: "Does the process run?", response: answers({ 200: HealthAnswer }) } },
    async () => ({ status: "ok", version }),
  );

  app.get(
    "/readyz",
    { schema: { ...open, operationId: "readiness", summary: "Can it take work?", response: answers({ 200: ReadyAnswer }, "overloaded") } },
    async () => {
      if (isDraining()) throw new RulewrightError("overloaded", "The server is stopping");
      await answering(engine.ready());
      return { status: "ready" };
    },
  );
}

async function answering(ping: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${LONGEST_PING_MS} ms`)), LONGEST_PING_MS);
  });
  try {
    await Promise.race([ping, late]);
  } catch (cause) {
    throw new RulewrightError("overloaded", "The store does not answer", { cause });
  } finally {
    clearTimeout(timer);
  }
}
