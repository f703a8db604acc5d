import { text } from "node:stream/consumers";
import { wantsColours } from "./paint.ts";

/** What a command reads and writes; tests bring their own. */
export type Io = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: NodeJS.ProcessEnv;
  /** Whether `out` may be coloured; `err` never is. */
  readonly colours: boolean;
  stdin(): Promise<string>;
  /** Resolves when the process is asked to stop. */
  stopped(): Promise<void>;
};

/** As long as a timer of Node can be. */
const LONGEST_MS = 2_147_483_647;

export function systemIo(): Io {
  const { stdin, stdout, stderr, env } = process;
  for (const stream of [stdout, stderr]) stream.on("error", ignoreGoneReader);
  return {
    out: (line) => void stdout.write(line),
    err: (line) => void stderr.write(line),
    env,
    colours: wantsColours(env, stdout.isTTY === true),
    stdin() {
      // Nothing would tell a person why the command does not go on.
      if (stdin.isTTY) stderr.write("Reading a record as JSON from standard input; end it with Ctrl-D.\n");
      return text(stdin);
    },
    stopped: () =>
      new Promise((resolve) => {
        // To listen for signals keeps no process alive, and a worker may have nothing else to wait for.
        const alive = setInterval(() => undefined, LONGEST_MS);
        const stop = (): void => {
          clearInterval(alive);
          resolve();
        };
        for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop);
      }),
  };
}

/** Whoever reads what is printed may stop at any time (`| head`): no reason to end, and certainly not with a stack. */
function ignoreGoneReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
