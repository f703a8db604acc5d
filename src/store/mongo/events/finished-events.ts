import type { Calls } from "../calls.ts";
import type { Collections } from "../documents.ts";

/** Events with nothing left to do. That is written down when it suits: until then they are only looked at once more after a crash. */
export type FinishedEvents = {
  add(key: string): void;
  flush(): Promise<void>;
};

const MOST = 200;
const SOON_MS = 100;

export function createFinishedEvents(calls: Calls, { events }: Collections): FinishedEvents {
  let waiting: string[] = [];
  let timer: NodeJS.Timeout | null = null;
  let flushing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    if (timer) clearTimeout(timer);
    timer = null;
    const keys = waiting.splice(0);
    if (keys.length === 0) return;
    await calls("events are finished", () => events.updateMany({ _id: { $in: keys } }, { $unset: { stage: "", left: "", leftAt: "" } }));
  }

  function flush(): Promise<void> {
    // One that fails leaves its events to be looked at again, which changes nothing.
    flushing = flushing.then(write).catch(() => undefined);
    return flushing;
  }

  return {
    add(key) {
      waiting.push(key);
      if (waiting.length >= MOST) void flush();
      else timer ??= setTimeout(() => void flush(), SOON_MS).unref();
    },
    flush,
  };
}
