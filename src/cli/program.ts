import { Command, CommanderError } from "commander";
import { RulewrightError } from "../model/errors.ts";
import { VERSION } from "../version.ts";
import type { Io } from "./io.ts";

/** Runs one command and answers its exit code: 0 done, 1 the user's mistake, 2 unexpected. Each command's file is loaded only when it runs. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const finish = async (done: Promise<number>): Promise<void> => {
    code = await done;
  };
  const program = createProgram(io, finish);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    // commander has said it already; help and version end with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    if (error instanceof RulewrightError && error.code !== "internal_error") {
      io.err(`rulewright: ${error.message}\n`);
      for (const [index, { path, message, hint }] of error.issues.entries()) {
        if (index > 0) io.err(`  ${path}: ${message}\n`);
        if (hint) io.err(`  ${hint}\n`);
      }
      return 1;
    }
    io.err(`rulewright: unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 2;
  }
}

function createProgram(io: Io, finish: (done: Promise<number>) => Promise<void>): Command {
  const program = new Command("rulewright")
    .description("Workflow rules on business records: check criteria and act, now or later.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError("(rulewright --help shows the commands and their options)");

  program
    .command("serve")
    .description("REST and worker in one process; SIGTERM drains and exits 0")
    .option("--port <port>", "port to listen on (RULEWRIGHT_PORT, 8080)")
    .option("--host <host>", "address to listen on (RULEWRIGHT_HOST, 127.0.0.1)")
    .option("--store <url>", "sqlite:<file> or sqlite::memory: (RULEWRIGHT_STORE, sqlite:./data/rulewright.db)")
    .option("--rules <folder>", "folder of rule files (RULEWRIGHT_RULES, ./rules)")
    .option("--log-level <level>", "JSON lines on stderr (RULEWRIGHT_LOG_LEVEL, info)")
    .addHelpText("after", "\nExample:\n  rulewright serve --rules ./rules --store sqlite:./data/rulewright.db")
    .action(async (options) => finish((await import("./serve.ts")).serve(options, io)));

  program
    .command("emit")
    .description("run the rules on one event here, without a server, and print the executions")
    .argument("<module>", "module of the record, such as invoices")
    .argument("<event>", "created, edited, deleted, submitted, approved, rejected or a custom trigger")
    .argument("[file]", "JSON: the record, or { record, previous }; - or left out reads standard input", "-")
    .option("--store <url>", "sqlite:<file> or sqlite::memory: (RULEWRIGHT_STORE, sqlite:./data/rulewright.db)")
    .option("--rules <folder>", "folder of rule files (RULEWRIGHT_RULES, ./rules)")
    .option("--log-level <level>", "JSON lines on stderr (warn)")
    .option("--json", "print the answer of POST /v1/events?wait=true and nothing else")
    .addHelpText("after", "\nExample:\n  rulewright emit invoices created invoice.json --rules ./rules")
    .action(async (module, event, file, options) => finish((await import("./emit.ts")).emitCommand(module, event, file, options, io)));

  program
    .command("validate")
    .description("check rule files; one line a mistake, exit 1 if there are any")
    .argument("[paths...]", "folders or files (./rules)")
    .option("--json", "print { files, mistakes } and nothing else")
    .addHelpText("after", "\nExample:\n  rulewright validate ./rules")
    .action(async (paths, options) => finish((await import("./validate.ts")).validate(paths, options, io)));

  program
    .command("demo")
    .description("a story on real parts: a local mail server and webhook receiver that it starts itself")
    .action(async () => finish((await import("./demo/demo.ts")).demo(io)));

  return program;
}
