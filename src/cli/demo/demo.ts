import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compose, DEFAULT_ORGANIZATION } from "../../compose.ts";
import { readConfig } from "../../config.ts";
import type { Emitted } from "../../engine/emit.ts";
import { formatMistake } from "../../files/mistake.ts";
import { applyFolder } from "../../files/check-rule-files.ts";
import { createLog } from "../log.ts";
import type { Io } from "../io.ts";
import { startMailServer } from "./mail-server.ts";
import { demoRules } from "./rules.ts";
import { tell } from "./story.ts";
import { startWebhookReceiver } from "./webhook-receiver.ts";

const SECRET = "demoSecretOf24Characters";

/** `rulewright demo`: the seed's scenarios on real parts, in a folder that is removed afterwards; with `json` the summary alone. */
export async function demo({ json = false }: { readonly json?: boolean }, io: Io): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "rulewright-demo-"));
  const [mail, receiver] = await Promise.all([startMailServer(), startWebhookReceiver(SECRET)]);
  const config = {
    ...readConfig({}, { store: `sqlite:${join(folder, "demo.db")}` }),
    smtpUrl: mail.url,
    outboundAllow: ["127.0.0.0/8"],
    outboundPorts: [receiver.port],
  };
  const app = await compose(config, { log: createLog("warn") });
  try {
    const file = join(folder, "rules.yaml");
    await writeFile(file, demoRules(receiver.url, SECRET));
    const { mistakes } = await applyFolder(app.engine, DEFAULT_ORGANIZATION, file);
    if (mistakes.length > 0) throw new Error(mistakes.map(formatMistake).join("\n"));
    app.engine.start();
    const emit = (event: object): Promise<Emitted> => app.engine.emitOne(event, { organization: DEFAULT_ORGANIZATION, wait: true });
    const teller = json ? { out: () => undefined, colours: false } : io;
    const summary = await tell({ io: teller, engine: app.engine, emit, mail, receiver, organization: DEFAULT_ORGANIZATION });
    if (json) io.out(`${JSON.stringify(summary)}\n`);
    return 0;
  } finally {
    await app.close(5000);
    await Promise.all([mail.close(), receiver.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}
