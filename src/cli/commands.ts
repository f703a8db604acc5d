import { Argument, type Command, Option } from "commander";
import type { Origin } from "../model/event.ts";
import type { Io } from "./io.ts";

/** Takes a command's exit code once it is there. */
export type Finish = (done: Promise<number>) => Promise<void>;

export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

const STORE = "sqlite:<file>, sqlite::memory: or mongodb://<host>/<database> (RULEWRIGHT_STORE, sqlite:./data/rulewright.db)";
const RULES = "folder of rule files (RULEWRIGHT_RULES, ./rules)";
/** Written out, because to load the schemas that know them takes longer than everything else that `complete` does. */
const ORIGINS = ["user", "api", "fieldUpdate", "function", "sync", "import"] as const satisfies readonly Origin[];
const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** Every command with its options; each command's own file is loaded only when it runs. */
export function addCommands(program: Command, io: Io, finish: Finish): void {
  addServe(program, io, finish);
  addWorker(program, io, finish);
  addEmit(program, io, finish);
  addExplain(program, io, finish);
  addUpcoming(program, io, finish);
  addValidate(program, io, finish);
  addDemo(program, io, finish);
  addCompletion(program, io, finish);
}

function addServe(program: Command, io: Io, finish: Finish): void {
  program
    .command("serve")
    .description("start the REST server and the worker in one process; SIGTERM drains and exits 0")
    .option("--port <port>", "port to listen on, 0 for any that is free (RULEWRIGHT_PORT, 8080)")
    .option("--host <host>", "address to listen on (RULEWRIGHT_HOST, 127.0.0.1)")
    .option("--store <url>", STORE)
    .option("--rules <folder>", RULES)
    .option("--watch", "apply the rules folder again whenever it or a template changes")
    .addOption(new Option("--log-level <level>", "JSON lines on stderr (RULEWRIGHT_LOG_LEVEL, info)").choices(LEVELS))
    .option("--json", "print one line, { address, store, rules, docs, key? }, and nothing else")
    .addHelpText("after", examples("rulewright serve", "rulewright serve --port 9000 --rules ./rules --watch"))
    .action(async (options) => finish((await import("./serve.ts")).serve(options, io)));
}

function addWorker(program: Command, io: Io, finish: Finish): void {
  program
    .command("worker")
    .description("do what is due in a store that others serve, without REST and rules of its own; SIGTERM drains and exits 0")
    .option("--store <url>", "the store to share: sqlite:<file> on this machine or mongodb://<host>/<database> (RULEWRIGHT_STORE)")
    .addOption(new Option("--log-level <level>", "JSON lines on stderr (RULEWRIGHT_LOG_LEVEL, info)").choices(LEVELS))
    .option("--json", "print one line, { store, mails }, and nothing else")
    .addHelpText("after", examples("rulewright worker", "rulewright worker --store mongodb://db.example/rulewright"))
    .action(async (options) => finish((await import("./worker.ts")).worker(options, io)));
}

function addEmit(program: Command, io: Io, finish: Finish): void {
  program
    .command("emit")
    .description("run the rules on one event here, without a server, and print what they did")
    .argument("<module>", "module of the record, such as invoices")
    .argument("<event>", "created, edited, deleted, submitted, approved, rejected or a custom trigger")
    .argument("[file]", "JSON file with the record, or { record, previous }; - or left out reads standard input", "-")
    .option("--store <url>", STORE)
    .option("--rules <folder>", RULES)
    .addOption(new Option("--log-level <level>", "JSON lines on stderr (warn)").choices(LEVELS))
    .option("--json", "print the answer of POST /v1/events?wait=true and nothing else")
    .addHelpText(
      "after",
      examples(
        "rulewright emit invoices created invoice.json --rules ./rules",
        `echo '{"invoice_id": "90300", "status": "paid"}' | rulewright emit invoices created -`,
      ),
    )
    .action(async (module, event, file, options) => finish((await import("./emit.ts")).emitCommand(module, event, file, options, io)));
}

function addExplain(program: Command, io: Io, finish: Finish): void {
  program
    .command("explain")
    .description("say why a rule fires for a record or not, criterion by criterion; it runs nothing")
    .argument("[rule]", "name or id of the rule")
    .argument("[file]", "JSON file with the record, or { record, previous }; - reads standard input")
    .option("--event <id>", "instead of a rule and a record: why each rule did or did not fire for this stored event")
    .option("--rules <folder>", `${RULES}; tried in memory, whatever the store holds`)
    .option(
      "--store <url>",
      "explain the rules that this store holds (RULEWRIGHT_STORE; without a rules folder sqlite:./data/rulewright.db)",
    )
    .option("--module <module>", "module of the rule, where several have one of that name")
    .option("--type <event>", "event to try: created, edited, ... (the rule's first)")
    .addOption(new Option("--origin <origin>", "who caused it (user)").choices(ORIGINS))
    .option("--at <instant>", "when, such as 2026-11-20T09:00:00Z (now)")
    .addOption(new Option("--log-level <level>", "JSON lines on stderr (warn)").choices(LEVELS))
    .option("--json", "print the answer of the REST route and nothing else")
    .addHelpText(
      "after",
      examples(
        "rulewright explain thank-you-with-coupon invoice.json",
        "rulewright explain --event evt-1 --store sqlite:./data/rulewright.db",
      ),
    )
    .action(async (rule, file, options) => finish((await import("./explain/command.ts")).explainCommand(rule, file, options, io)));
}

function addUpcoming(program: Command, io: Io, finish: Finish): void {
  program
    .command("upcoming")
    .description("show what will run, when, for which record and by which rule; it changes nothing")
    .option("--days <days>", "how many days ahead, 1 to 366 (7)")
    .option("--store <url>", STORE)
    .option("--rules <folder>", "instead of a store: the schedules of this folder, tried in memory")
    .option("--json", "print the answer of GET /v1/upcoming and nothing else")
    .addHelpText("after", examples("rulewright upcoming", "rulewright upcoming --days 30 --store sqlite:./data/rulewright.db"))
    .action(async (options) => finish((await import("./upcoming/command.ts")).upcomingCommand(options, io)));
}

function addValidate(program: Command, io: Io, finish: Finish): void {
  program
    .command("validate")
    .description("check rule files; one line a mistake, exit 1 if there are any")
    .argument("[paths...]", "folders or files (RULEWRIGHT_RULES, ./rules)")
    .option("--store <url>", "check them together with what this store holds, such as rules made by REST")
    .option("--json", "print { files, mistakes } and nothing else")
    .addHelpText("after", examples("rulewright validate", "rulewright validate ./rules more/quotes.yaml"))
    .action(async (paths, options) => finish((await import("./validate.ts")).validate(paths, options, io)));
}

function addDemo(program: Command, io: Io, finish: Finish): void {
  program
    .command("demo")
    .description("see it work: a story on real parts, a mail server and a webhook receiver that it starts itself")
    .option("--json", "print the summary alone, as one line of JSON")
    .addHelpText("after", examples("rulewright demo"))
    .action(async (options) => finish((await import("./demo/demo.ts")).demo(options, io)));
}

function addCompletion(program: Command, io: Io, finish: Finish): void {
  program
    .command("completion")
    .description("print a script that completes commands, options, files and rule names in your shell")
    .addArgument(new Argument("<shell>", "your shell").choices(SHELLS))
    .addHelpText("after", examples("source <(rulewright completion bash)", "rulewright completion fish | source"))
    .action(async (shell) => finish((await import("./completion/scripts.ts")).completion(shell, io)));
  program
    .command("complete", { hidden: true })
    .description("answers the completion scripts: what may stand in place of the last word")
    .argument("[words...]")
    .action(async (words) => finish((await import("./completion/suggest.ts")).complete(program, words, io)));
}

function examples(...lines: readonly string[]): string {
  return ["", lines.length === 1 ? "Example:" : "Examples:", ...lines.map((line) => `  ${line}`)].join("\n");
}
