import type { QuotaType } from "../../../model/action-type.ts";
import type { QuotaRequest } from "../../runs.ts";
import { isDuplicateKey, type Calls } from "../calls.ts";
import type { Collections } from "../documents.ts";
import { groupBy } from "../group.ts";
import { keyOf } from "../ids.ts";
import { together } from "../together.ts";

/** One asking for one start. The same asker is counted once, however often it asks, until it says that it has it written down. */
export type Asking = {
  readonly organization: string;
  readonly asker: string;
  readonly quota: Pick<QuotaRequest, "type" | "day" | "limit">;
};

export type QuotaCounter = {
  /** Which of these may start: as many as still fit into their days. */
  take(askings: readonly Asking[]): Promise<ReadonlySet<Asking>>;
  /** Their grants are written down with their runs, so the counter need not remember them; it forgets them with a later write. */
  recorded(askings: readonly Asking[]): void;
  usage(organization: string, day: string): Promise<Readonly<Record<QuotaType, number>>>;
  /** Forgets what was recorded, now. */
  flush(): Promise<void>;
};

/** Without another start on that day, its counter is brought up to date after this long. */
const FORGET_MS = 1000;

/**
 * The day's counters: one document for each organization, day and type, changed by one update that grants what still fits. It keeps the
 * askers whose grant may not be written down yet, so that a repeated call, or the next attempt after a crash, is answered as the first was.
 */
export function createQuotaCounter(calls: Calls, { quota }: Collections): QuotaCounter {
  const forgettable = new Map<string, string[]>();
  let timer: NodeJS.Timeout | null = null;

  async function takeOf(key: string, day: string, limit: number, askings: readonly Asking[]): Promise<readonly Asking[]> {
    const askers = askings.map(({ asker }) => asker);
    const recorded = forgettable.get(key) ?? [];
    forgettable.delete(key);
    // Asked for again, by somebody who has not seen it written down: it stays until that one has.
    const forgotten = recorded.filter((asker) => !askers.includes(asker));
    try {
      const counter = await calls("take quota", () => upsert(key, day, limit, askers, forgotten));
      const granted = new Set(counter?.takers);
      return askings.filter(({ asker }) => granted.has(asker));
    } catch (error) {
      remember(key, forgotten);
      throw error;
    }
  }

  async function upsert(key: string, day: string, limit: number, askers: readonly string[], forgotten: readonly string[]) {
    const takers = { $ifNull: ["$takers", []] };
    const left = { $subtract: [limit, { $ifNull: ["$used", 0] }] };
    const asking = { $setDifference: [{ $literal: askers }, takers] };
    const update = () =>
      quota.findOneAndUpdate(
        { _id: key },
        [
          {
            $set: { day, fresh: { $cond: [{ $gt: [left, 0] }, { $slice: [asking, { $max: [{ $min: [left, askers.length] }, 1] }] }, []] } },
          },
          {
            $set: {
              used: { $add: [{ $ifNull: ["$used", 0] }, { $size: "$fresh" }] },
              takers: { $concatArrays: [{ $setDifference: [takers, { $literal: forgotten }] }, "$fresh"] },
            },
          },
          { $unset: "fresh" },
        ],
        { upsert: true, returnDocument: "after", projection: { takers: 1 } },
      );
    try {
      return await update();
    } catch (error) {
      // Two made the day's document at once: it is there now.
      if (isDuplicateKey(error)) return update();
      throw error;
    }
  }

  function remember(key: string, askers: readonly string[]): void {
    forgettable.set(key, [...(forgettable.get(key) ?? []), ...askers]);
    timer ??= setTimeout(() => {
      timer = null;
      // What could not be forgotten is forgotten with the next; until then it only takes room.
      flush().catch(() => undefined);
    }, FORGET_MS).unref();
  }

  async function flush(): Promise<void> {
    if (timer) clearTimeout(timer);
    timer = null;
    const all = [...forgettable];
    forgettable.clear();
    await Promise.all(
      all.map(([key, askers]) =>
        calls("forget takers", () =>
          quota.updateOne({ _id: key }, [{ $set: { takers: { $setDifference: ["$takers", { $literal: askers }] } } }]),
        ),
      ),
    );
  }

  return {
    async take(askings) {
      const groups = groupBy(askings, (asking) => `${keyOfDay(asking)}\n${asking.quota.limit}`);
      const granted = await together(
        [...groups.values()].map(async (group) => {
          const [first] = group;
          return first ? takeOf(keyOfDay(first), first.quota.day, first.quota.limit, group) : [];
        }),
      );
      return new Set(granted.flat());
    },
    recorded(askings) {
      for (const [key, group] of groupBy(askings, keyOfDay))
        remember(
          key,
          group.map(({ asker }) => asker),
        );
    },
    async usage(organization, day) {
      const types: readonly QuotaType[] = ["emailAlert", "webhook", "customFunction"];
      const keys = types.map((type) => keyOf(organization, day, type));
      const counters = await calls("usage", () => quota.find({ _id: { $in: keys } }, { projection: { used: 1 } }).toArray());
      const used = new Map(counters.map((counter) => [counter._id, counter.used]));
      const of = (type: QuotaType): number => used.get(keyOf(organization, day, type)) ?? 0;
      return { emailAlert: of("emailAlert"), webhook: of("webhook"), customFunction: of("customFunction") };
    },
    flush,
  };
}

function keyOfDay({ organization, quota: { day, type } }: Asking): string {
  return keyOf(organization, day, type);
}
