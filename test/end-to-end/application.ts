import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { HostFunction } from "../../src/actions/custom-function/handler.ts";
import { startMailServer, type MailServer } from "../../src/cli/demo/mail-server.ts";
import { compose, DEFAULT_ORGANIZATION, type Application } from "../../src/compose.ts";
import { readConfig } from "../../src/config.ts";
import type { Emitted } from "../../src/engine/emit.ts";
import type { ActionRun } from "../../src/model/run.ts";
import { applyFolder } from "../../src/files/check-rule-files.ts";
import { formatMistake } from "../../src/files/mistake.ts";
import { listenHttp, type Listener, type Received } from "../outbound/listener.ts";
import { manualClock, type ManualClock } from "../support/manual-clock.ts";

export type Receiver = Listener & { readonly received: Received[] };

export type TestApplication = {
  readonly engine: Application["engine"];
  readonly clock: ManualClock;
  /** Everything that leaves: what the SMTP server and the HTTP receiver of this machine were sent. */
  readonly mail: MailServer;
  readonly receiver: Receiver;
  /** Where the store, its key and its outbox are. */
  readonly data: string;
  /** Every line logged, at the level `trace`. */
  readonly logged: readonly string[];
  /** Takes one event in; resolves when everything that is due is settled. */
  emit(event: object): Promise<Emitted>;
  /** Puts another rule file in the place of the first. */
  apply(rules: (receiver: string) => string): Promise<void>;
  /** Every run, newest first. */
  runs(): Promise<readonly ActionRun[]>;
  close(): Promise<void>;
};

export type Options = {
  /** The rule file, given the receiver's address. */
  readonly rules: (receiver: string) => string;
  /** The receiver's status of each request in turn; 200 after the last. */
  readonly statuses?: readonly number[];
  /** ISO; now when left out, because signatures are checked against the machine's time. */
  readonly start?: string;
  readonly functions?: Readonly<Record<string, HostFunction>>;
  readonly smtp?: boolean;
  readonly env?: Readonly<Record<string, string>>;
};

/** The composed application on a real SQLite file, with a real mail server and a real HTTP receiver; only its time stands still. */
export async function startApplication(options: Options): Promise<TestApplication> {
  const folder = await mkdtemp(join(tmpdir(), "rulewright-end-to-end-"));
  const data = join(folder, "data");
  await mkdir(data);
  const mail = await startMailServer();
  const statuses = [...(options.statuses ?? [])];
  const receiver = await listenHttp((_received, response) => void response.writeHead(statuses.shift() ?? 200).end("heard"));
  const clock = manualClock(options.start ?? new Date().toISOString());
  const logged: string[] = [];
  const config = readConfig(
    {
      RULEWRIGHT_OUTBOUND_ALLOW: "127.0.0.0/8",
      RULEWRIGHT_OUTBOUND_PORTS: String(receiver.port),
      RULEWRIGHT_MAIL_FROM: "engine@zylker.example",
      ...(options.smtp === false ? {} : { RULEWRIGHT_SMTP_URL: mail.url }),
      ...options.env,
    },
    { store: `sqlite:${join(data, "rulewright.db")}` },
  );
  const app = await compose(config, {
    log: pino({ level: "trace" }, { write: (line: string) => void logged.push(line) }),
    clock,
    wakeUps: clock.wakeUps,
    functions: options.functions ?? {},
  });

  async function close(): Promise<void> {
    await app.close(1000);
    await Promise.all([mail.close(), receiver.close()]);
    await rm(folder, { recursive: true, force: true });
  }

  async function apply(rules: Options["rules"]): Promise<void> {
    const file = join(folder, "rules.yaml");
    await writeFile(file, rules(`http://127.0.0.1:${receiver.port}`));
    const { mistakes } = await applyFolder(app.engine, DEFAULT_ORGANIZATION, file);
    if (mistakes.length > 0) throw new Error(mistakes.map(formatMistake).join("\n"));
  }

  try {
    await apply(options.rules);
    app.engine.start();
  } catch (error) {
    await close();
    throw error;
  }

  return {
    engine: app.engine,
    clock,
    mail,
    receiver,
    data,
    logged,
    async emit(event) {
      const emitted = await app.engine.emitOne(event, { organization: DEFAULT_ORGANIZATION, wait: false });
      await app.engine.idle();
      return emitted;
    },
    apply,
    async runs() {
      const { data: runs } = await app.engine.reading.runs({ organization: DEFAULT_ORGANIZATION }, { limit: 200, cursor: null });
      return runs;
    },
    close,
  };
}

/** A rule that runs one action for every invoice that is created. */
export function onCreated(type: string, name: string): string {
  return `---
kind: WorkflowRule
name: ${name}
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - immediateActions: [{ type: ${type}, name: ${name} }]
`;
}

/** A webhook of that name with its rule. */
export function webhook(name: string, body: string): string {
  return `---
kind: Webhook
name: ${name}
module: invoices
${body}
${onCreated("webhook", name)}`;
}

export function invoice(more: object = {}): object {
  const record = {
    invoice_id: "90300",
    invoice_number: 'INV "87"',
    status: "paid",
    total: "12000.0",
    customer_name: "Arun",
    email: "arun@customer.example",
    ...more,
  };
  return { module: "invoices", type: "created", record };
}
