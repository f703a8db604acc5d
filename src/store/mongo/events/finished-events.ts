import type { Calls } from "../calls.ts";
import type { Collections } from "../documents.ts";

/** Events with nothing left to do. That is written down when it suits: until then they are only looked at once more after a crash. */
export type FinishedEvents = {
  add(key: string): void;
  /** Is it, and not written down yet? */
  has(key: string): boolean;
  flush(): Promise<void>;
};

const MOST = 200;
/** Whoever takes in the record's next event elsewhere waits for it. */
const SOON_MS = 20;
const AGAIN_MS = 1000;
/** What cannot be written down for so long is found finished by whoever looks at it. */
const MOST_KEPT = 10_000;

export function createFinishedEvents(calls: Calls, { events }: Collections): FinishedEvents {
  const all = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let flushing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    if (timer) clearTimeout(timer);
    timer = null;
    const keys = [...all];
    if (keys.length === 0) return;
    await calls("events are finished", () => events.updateMany({ _id: { $in: keys } }, { $unset: { stage: "", left: "", leftAt: "" } }));
    for (const key of keys) all.delete(key);
  }

  function soon(ms: number): void {
    timer ??= setTimeout(() => void flush(), ms).unref();
  }

  function flush(): Promise<void> {
    flushing = flushing.then(write).catch(() => {
      if (all.size > MOST_KEPT) all.clear();
      soon(AGAIN_MS);
    });
    return flushing;
  }

  return {
    has: (key) => all.has(key),
    add(key) {
      all.add(key);
      if (all.size % MOST === 0) void flush();
      else soon(SOON_MS);
    },
    flush,
  };
}
