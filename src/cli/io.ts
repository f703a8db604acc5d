import { text } from "node:stream/consumers";

/** What a command reads and writes; tests bring their own. */
export type Io = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: NodeJS.ProcessEnv;
  readonly colours: boolean;
  stdin(): Promise<string>;
  /** Resolves when the process is asked to stop. */
  stopped(): Promise<void>;
};

export function systemIo(): Io {
  return {
    out: (line) => void process.stdout.write(line),
    err: (line) => void process.stderr.write(line),
    env: process.env,
    colours: process.stdout.isTTY === true && !process.env["NO_COLOR"],
    stdin: () => text(process.stdin),
    stopped: () =>
      new Promise((resolve) => {
        for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
      }),
  };
}
