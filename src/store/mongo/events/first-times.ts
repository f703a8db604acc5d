import { createBatches, type Answer } from "../batches.ts";
import type { Calls } from "../calls.ts";
import type { Collections } from "../documents.ts";
import { keyOf } from "../ids.ts";
import { insertNew } from "../insert.ts";

/** An event, and rules that may fire once for each record. */
type Asked = Remembering & { readonly firstTimeRules: readonly string[] };
type Fires = { readonly event: Remembering; readonly rules: readonly string[] };
type Remembering = { readonly organization: string; readonly recordId: string; readonly id: string };

/** Which event a rule has fired for on a record: written once, and kept as long as the rule. */
export type FirstTimes = {
  /** Of each one's rules, those that fired for its record before; what it remembered itself before a crash does not count. */
  firedBefore(asked: readonly Asked[]): Promise<readonly ReadonlySet<string>[]>;
  /** Remembers that these rules fire for this event, together with others of the same moment; false where another event came first for one of them. */
  remember(fires: Fires): Promise<boolean>;
  /** Of these rules, those that were remembered for this event fire for it no longer: a first decision of it did not come to stand. */
  forget(event: Remembering, rules: readonly string[]): Promise<void>;
};

export function createFirstTimes(calls: Calls, { firstTime }: Collections): FirstTimes {
  async function find(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (keys.length === 0) return new Map();
    const rows = await calls("find first times", () => firstTime.find({ _id: { $in: [...keys] } }).toArray());
    return new Map(rows.map(({ _id, event }) => [_id, event]));
  }

  async function rememberAll(all: readonly Fires[]): Promise<readonly Answer<boolean>[]> {
    const rows = all.flatMap(({ event, rules }) => rules.map((rule) => ({ _id: keyFor(event, rule), event: event.id })));
    const there = await insertNew(calls, "remember first times", firstTime, rows);
    const found = await find(rows.flatMap(({ _id }, i) => (there.has(i) ? [_id] : [])));
    const isMine = (event: Remembering, rule: string): boolean => (found.get(keyFor(event, rule)) ?? event.id) === event.id;
    return all.map(({ event, rules }) => ({ value: rules.every((rule) => isMine(event, rule)) }));
  }

  const remembering = createBatches(rememberAll);

  return {
    async firedBefore(asked) {
      const found = await find(asked.flatMap((one) => one.firstTimeRules.map((rule) => keyFor(one, rule))));
      return asked.map((one) => {
        const fired = one.firstTimeRules.filter((rule) => {
          const event = found.get(keyFor(one, rule));
          return event !== undefined && event !== one.id;
        });
        return new Set(fired);
      });
    },
    remember: remembering.add,
    async forget(event, rules) {
      const mine = [...(await find(rules.map((rule) => keyFor(event, rule))))].filter(([, id]) => id === event.id);
      if (mine.length === 0) return;
      const keys = mine.map(([key]) => key);
      await calls("forget first times", () => firstTime.deleteMany({ _id: { $in: keys }, event: event.id }));
    },
  };
}

function keyFor({ organization, recordId }: Remembering, rule: string): string {
  return keyOf(organization, rule, recordId);
}
