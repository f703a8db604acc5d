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

export function createFinishedEvents(calls: Calls, { events }: Collections): FinishedEvents {
  const all = new Set<string>();
  let waiting: string[] = [];
  let timer: NodeJS.Timeout | null = null;
  let flushing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    if (timer) clearTimeout(timer);
    timer = null;
    const keys = waiting.splice(0);
    if (keys.length === 0) return;
    try {
      await calls("events are finished", () => events.updateMany({ _id: { $in: keys } }, { $unset: { stage: "", left: "", leftAt: "" } }));
    } finally {
      for (const key of keys) all.delete(key);
    }
  }

  function flush(): Promise<void> {
    // One that fails leaves its events to be looked at again, which changes nothing.
    flushing = flushing.then(write).catch(() => undefined);
    return flushing;
  }

  return {
    has: (key) => all.has(key),
    add(key) {
      all.add(key);
      waiting.push(key);
      if (waiting.length >= MOST) void flush();
      else timer ??= setTimeout(() => void flush(), SOON_MS).unref();
    },
    flush,
  };
}
