import { Command, CommanderError } from "commander";
import { RulewrightError } from "../model/errors.ts";
import { VERSION } from "../version.ts";
import { addCommands, type Finish } from "./commands.ts";
import type { Io } from "./io.ts";
import { createPaint } from "./paint.ts";

const OVERVIEW = `
To begin:
  rulewright demo                                     see it work; needs nothing
  rulewright validate ./rules                         check rule files
  rulewright explain thank-you-with-coupon inv.json   would this rule fire for this record, and why?
  rulewright serve --rules ./rules --watch            start the server; it prints its address and a key
  rulewright upcoming                                 what will run, and when?

rulewright <command> --help says what a command takes. Exit codes: 0 done, 1 your mistake, 2 unexpected.`;

/** Runs one command and answers its exit code: 0 done, 1 the user's mistake, 2 unexpected. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const json = argv.includes("--json");
  let code = 0;
  const program = createProgram(io, json, async (done) => {
    code = await done;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (error instanceof CommanderError && !json) return 1; // commander has said it already
    const { reportError } = await import("./report-error.ts");
    return reportError(error instanceof CommanderError ? usageError(error) : error, json, io);
  }
}

function createProgram(io: Io, json: boolean, finish: Finish): Command {
  const program = new Command("rulewright")
    .description("Workflow rules on business records: check criteria and act, now or later.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: json ? () => undefined : io.err,
      getOutHasColors: () => io.colours,
      getErrHasColors: () => false,
    })
    .configureHelp({ styleTitle: createPaint(true).heading })
    .addHelpText("after", OVERVIEW)
    .showHelpAfterError("(rulewright --help lists the commands, rulewright <command> --help says what one takes)");
  addCommands(program, io, finish);
  return program;
}

/** `error: unknown option '--quick'` and its suggestion, as every other mistake looks in JSON. */
function usageError({ message }: CommanderError): RulewrightError {
  const [first = "", ...hints] = message.replace(/^error: /, "").split("\n");
  const hint = hints.join(" ");
  return new RulewrightError("validation_failed", first, { issues: [{ path: "", message: first, ...(hint === "" ? {} : { hint }) }] });
}
