import { EventEmitter, once } from "node:events";
import { run } from "../../src/cli/program.ts";

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** Resolves with the match when what was printed on either stream, after the last match, matches. */
export type Printed = (pattern: RegExp) => Promise<RegExpExecArray>;

export type RunOptions = {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly colours?: boolean;
  /** The command is asked to stop when this resolves; at once where it is left out. */
  readonly until?: (printed: Printed) => Promise<void>;
};

/** Runs a command in this process, as the shell would. */
export async function cli(argv: readonly string[], { stdin = "", env = {}, colours = false, until }: RunOptions = {}): Promise<Ran> {
  let out = "";
  let err = "";
  let transcript = "";
  const told = new EventEmitter();
  const printed: Printed = async (pattern) => {
    for (;;) {
      const found = pattern.exec(transcript);
      if (found) {
        transcript = transcript.slice(found.index + found[0].length);
        return found;
      }
      await once(told, "print");
    }
  };
  const print = (text: string): void => {
    transcript += text;
    told.emit("print");
  };
  const code = await run(argv, {
    out: (text) => {
      out += text;
      print(text);
    },
    err: (text) => {
      err += text;
      print(text);
    },
    env,
    colours,
    stdin: async () => stdin,
    stopped: () => until?.(printed) ?? Promise.resolve(),
  });
  return { code, out, err };
}
