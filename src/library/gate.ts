import { RulewrightError } from "../model/errors.ts";

/** Where every call of a method passes. */
export type Gate = {
  /** Does the work, unless it is closed. @throws RulewrightError conflict */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** The same, and what it answers is a copy: what the caller does with it changes nothing here. */
  answer<T>(work: () => T | Promise<T>): Promise<T>;
  /** Lets nothing more through. */
  close(): void;
  readonly isClosed: boolean;
  /** Resolves once everything that was let through has come to its end, after so many ms at most. */
  quiet(mostMs: number): Promise<void>;
};

export function createGate(): Gate {
  const inside = new Set<Promise<unknown>>();
  let closed = false;

  async function run<T>(work: () => Promise<T>): Promise<T> {
    if (closed) throw new RulewrightError("conflict", "This Rulewright was closed; open another one");
    const done = work();
    inside.add(done);
    try {
      return await done;
    } finally {
      inside.delete(done);
    }
  }

  return {
    run,
    answer: (work) => run(async () => structuredClone(await work())),
    close: () => void (closed = true),
    get isClosed() {
      return closed;
    },
    async quiet(mostMs) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, mostMs)));
      await Promise.race([Promise.allSettled(inside), late]);
      clearTimeout(timer);
    },
  };
}
