import type { InjectOptions } from "fastify";
import type { ActionHandler, ActionHandlers, ActionResult } from "../../src/actions/action.ts";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import { KINDS, type ActionKind, type Document } from "../../src/model/definition.ts";
import type { App } from "../../src/rest/app.ts";
import { createServer, type ServerDeps } from "../../src/rest/server.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { manualClock, type ManualClock } from "../support/manual-clock.ts";

export const KEY = "k".repeat(40);
export const JSON_TYPE = { "content-type": "application/json" };

/** JSON of an answer; the tests say what they expect of it, and the answers' schemas hold its shape. */
export type Body = { readonly [key: string]: Body } & readonly Body[];

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Body;
};

export type TestServer = {
  readonly app: App;
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: ManualClock;
  readonly logged: { readonly details: object; readonly message: string }[];
  /** How the next webhook runs end; succeed where nothing is said. */
  readonly results: (ActionResult | Promise<ActionResult>)[];
  /** Sends with the key; a string goes as it is, anything else as JSON. */
  send(method: InjectOptions["method"], url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
};

/** The REST server on the real engine and a store in memory; actions are recorded, the clock stands still. */
export async function testServer(
  options: Partial<ServerDeps> & { store?: Store; wrap?: (engine: Engine) => Engine } = {},
): Promise<TestServer> {
  const store = options.store ?? openSqliteStore(":memory:");
  const clock = manualClock();
  const results: (ActionResult | Promise<ActionResult>)[] = [];
  const logged: { details: object; message: string }[] = [];
  const note = (details: object, message: string) => void logged.push({ details, message });
  const log = { info: () => undefined, warn: note, error: note };
  const engine = await createEngine({
    store,
    handlers: recordingHandlers(results),
    clock,
    wakeUps: clock.wakeUps,
    secrets: { seal: (text) => text, open: (text) => text },
    log,
    retentionDays: 0,
    checkTemplate: () => [],
  });
  await engine.applyFiles("default", RULES);
  const app = createServer({
    engine: options.wrap?.(engine) ?? engine,
    organization: "default",
    authenticate: (key) => key === KEY,
    log,
    version: "1.2.3",
    ...options,
  });

  async function send(method: InjectOptions["method"], url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const payload = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const response = await app.inject({
      method: method ?? "GET",
      url,
      headers: { authorization: `Bearer ${KEY}`, ...(body !== undefined && JSON_TYPE), ...headers },
      ...(payload !== undefined && { payload }),
    });
    return { status: response.statusCode, headers: response.headers, body: response.payload === "" ? null : JSON.parse(response.payload) };
  }

  return {
    app,
    engine,
    store,
    clock,
    logged,
    results,
    send,
    async close() {
      await app.close();
      await engine.stop(0);
      await store.close();
    },
  };
}

function recordingHandlers(results: (ActionResult | Promise<ActionResult>)[]): ActionHandlers {
  const succeed = <K extends ActionKind>(): ActionHandler<K> => ({
    slots: 8,
    check: () => [],
    attempts: () => 1,
    delayAfter: () => 60_000,
    run: async () => ({ outcome: "succeeded", response: null }),
  });
  return {
    emailAlert: succeed(),
    fieldUpdate: {
      ...succeed<"FieldUpdate">(),
      run: async (input) => {
        const { changes } = await input.updateRecord(() => ({ notes: "seen" }));
        return { outcome: "succeeded", response: { changes } };
      },
    },
    customFunction: succeed(),
    inAppNotification: {
      ...succeed<"InAppNotification">(),
      run: async (input) => {
        await input.notify([{ user: "u1", title: "Paid", message: "An invoice was paid" }]);
        return { outcome: "succeeded", response: null };
      },
    },
    webhook: {
      ...succeed<"Webhook">(),
      run: async () => results.shift() ?? { outcome: "succeeded", response: { status: 200, body: "ok" } },
    },
  };
}

const action = (type: string, name: string) => ({ type, name });

/** A paid invoice: a webhook, a notification, and a webhook two weeks later; a paid bill: a field update. */
const RULES: readonly Document[] = [
  {
    kind: "Webhook",
    document: KINDS.Webhook.parse({
      name: "erp",
      module: "invoices",
      method: "POST",
      url: "https://erp.example/",
      body: { type: "default" },
    }),
  },
  {
    kind: "InAppNotification",
    document: KINDS.InAppNotification.parse({
      name: "bell",
      module: "invoices",
      title: "t",
      message: "m",
      recipients: [{ everyone: true }],
    }),
  },
  { kind: "FieldUpdate", document: KINDS.FieldUpdate.parse({ name: "note", module: "bills", field: "notes", value: "seen" }) },
  {
    kind: "WorkflowRule",
    document: KINDS.WorkflowRule.parse({
      name: "paid",
      module: "invoices",
      trigger: { type: "event", on: ["created", "edited"] },
      conditions: [
        {
          criteria: [{ field: "status", comparator: "equal", value: "paid" }],
          immediateActions: [action("webhook", "erp"), action("inAppNotification", "bell")],
          timeBasedActions: [{ execute: { after: { days: 14 } }, actions: [action("webhook", "erp")] }],
        },
      ],
    }),
  },
  {
    kind: "WorkflowRule",
    document: KINDS.WorkflowRule.parse({
      name: "billed",
      module: "bills",
      trigger: { type: "event", on: ["created"] },
      conditions: [{ immediateActions: [action("fieldUpdate", "note")] }],
    }),
  },
];

export function paid(id: string, more: object = {}): object {
  return { module: "invoices", type: "created", record: { invoice_id: id, status: "paid", total: "12000.0" }, ...more };
}
