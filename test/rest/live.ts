import { createServer } from "../../src/rest/server.ts";
import { startApplication, type Options, type TestApplication } from "../end-to-end/application.ts";
import { JSON_TYPE, KEY, type Answer } from "./support.ts";

export type LiveServer = {
  readonly app: TestApplication;
  readonly url: string;
  /** Sends with the key; a string goes as it is, anything else as JSON. */
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Every element of a list, read in pages of one. */
  all(path: string): Promise<readonly Answer["body"][]>;
  close(): Promise<void>;
};

/** The composed application behind the REST server on a port of its own: every part is real, only its time stands still. */
export async function liveServer(options: Partial<Options> = {}): Promise<LiveServer> {
  const app = await startApplication({ rules: () => "", ...options });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const server = createServer({ engine: app.engine, organization: "default", authenticate: (key) => key === KEY, log, version: "1.2.3" });
  const url = await server.listen({ port: 0, host: "127.0.0.1" });

  async function send(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${KEY}`, ...(body !== undefined && JSON_TYPE), ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: Object.fromEntries(response.headers), body: text === "" ? null : JSON.parse(text) };
  }

  return {
    app,
    url,
    send,
    async all(path) {
      const found: Answer["body"][] = [];
      for (let cursor: string | null = ""; cursor !== null;) {
        const after: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
        const { status, body }: Answer = await send("GET", `${path}${path.includes("?") ? "&" : "?"}limit=1${after}`);
        if (status !== 200 || (body["data"]?.length ?? 0) > 1) throw new Error(JSON.stringify(body));
        found.push(...(body["data"] ?? []));
        cursor = body["nextCursor"] === null ? null : String(body["nextCursor"]);
      }
      return found;
    },
    async close() {
      await server.close();
      await app.close();
    },
  };
}

/** Saves a definition of that path and answers its id. */
export async function save(server: LiveServer, path: string, body: object): Promise<string> {
  const { status, body: saved } = await server.send("POST", `/v1/${path}`, body);
  if (status !== 201) throw new Error(JSON.stringify(saved));
  return String(saved["id"]);
}

/** A rule that runs one action for every invoice that is created. */
export function ruleOf(type: string, name: string): object {
  return {
    name: `runs ${name}`,
    module: "invoices",
    trigger: { type: "event", on: ["created"] },
    conditions: [{ immediateActions: [{ type, name }] }],
  };
}

/** An answer's keys and values, to be sent back or expected again. */
export function copyOf(body: Answer["body"]): Readonly<Record<string, Answer["body"]>> {
  return Object.fromEntries(Object.entries(body));
}
