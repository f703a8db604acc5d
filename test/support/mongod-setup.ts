import { createServer } from "node:http";
import { once } from "node:events";
import type { TestProject } from "vitest/node";
import { findMongod } from "./mongod-find.ts";
import { startMongod, type Mongod, type MongodKind } from "./mongod.ts";

/** What a test file is told when it asks for the run's server of a kind. */
export type SharedMongod = { readonly url: string } | { readonly url: null; readonly why: string };

declare module "vitest" {
  interface ProvidedContext {
    /** Where test files ask for the run's servers. */
    readonly mongodDesk: string;
  }
}

/**
 * One standalone and one replica set for a whole run of tests, each started when a test file first asks for it, so that a run without
 * such tests looks for nothing.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = new Map<MongodKind, Promise<Mongod | { readonly why: string }>>();
  const desk = createServer((request, response) => {
    const kind: MongodKind = request.url === "/replicaSet" ? "replicaSet" : "standalone";
    const starting = started.get(kind) ?? start(kind);
    started.set(kind, starting);
    const told = starting.then((one): SharedMongod => ("url" in one ? { url: one.url } : { url: null, why: one.why }));
    told.then(
      (answer) => response.end(JSON.stringify(answer)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  desk.listen(0, "127.0.0.1");
  await once(desk, "listening");
  const address = desk.address();
  project.provide("mongodDesk", `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`);
  return async () => {
    desk.closeAllConnections();
    desk.close();
    for (const starting of started.values()) {
      const one = await starting.catch(() => null);
      if (one && "stop" in one) await one.stop();
    }
  };
}

async function start(kind: MongodKind): Promise<Mongod | { readonly why: string }> {
  const found = await findMongod();
  return found.path === null ? { why: found.why } : startMongod(found.path, kind);
}
