import type Database from "better-sqlite3";
import type { ActionType } from "../../model/action-type.ts";
import { SELECT_RUN, type RunRow } from "./run-row.ts";

/**
 * Up to so many runs of a type that are due, oldest first. Where more is due, the organizations that have something due share the slots
 * evenly, each with its oldest; where there are more of them than slots, the next call goes on with those that come after.
 */
export type DueRuns = (type: ActionType, now: number, slots: number) => readonly RunRow[];

/** A call costs the same however many organizations have something planned for later: the next one looks at the next of them. */
const MOST_LOOKED_AT = 200;

export function createDueRuns(db: Database.Database): DueRuns {
  const oldest = db.prepare<[string, number, number], RunRow>(
    `${SELECT_RUN} where runs.action_type = ? and runs.wake_at <= ? order by runs.wake_at, runs.seq limit ?`,
  );
  const oldestOf = db.prepare<[string, string, number, number, number], RunRow>(
    `${SELECT_RUN} where runs.action_type = ? and runs.organization = ? and runs.wake_at <= ? order by runs.wake_at, runs.seq limit ? offset ?`,
  );
  // One seek skips everything that an organization has planned.
  const after = db.prepare<[string, string], { organization: string; wake_at: number }>(
    `select organization, wake_at from runs where action_type = ? and organization > ? and wake_at is not null
     order by organization, wake_at limit 1`,
  );
  /** The organization served last, by type. A hint, so it need not survive the process. */
  const served = new Map<ActionType, string>();

  /** Up to `most` organizations with something due, from the one after that served last; `last`: looked at last, null where all were. */
  function inTurn(type: ActionType, now: number, most: number): { readonly found: readonly string[]; readonly last: string | null } {
    const start = served.get(type) ?? "";
    const found: string[] = [];
    let last = start;
    let wrapped = false;
    for (let looked = 0; looked < MOST_LOOKED_AT && found.length < most; looked++) {
      let next = after.get(type, last);
      if (!next && !wrapped) {
        wrapped = true;
        next = after.get(type, "");
      }
      if (!next || (wrapped && next.organization > start)) return { found, last: null };
      last = next.organization;
      if (next.wake_at <= now) found.push(last);
    }
    return { found, last };
  }

  /** The oldest of each in even shares; what one leaves of its share goes to the others. */
  function shared(type: ActionType, now: number, slots: number, organizations: readonly string[]): RunRow[] {
    const rows: RunRow[] = [];
    let open = organizations.map((organization) => ({ organization, got: 0 }));
    while (open.length > 0 && rows.length < slots) {
      const share = Math.max(1, Math.floor((slots - rows.length) / open.length));
      open = open.filter((one) => {
        const room = Math.min(share, slots - rows.length);
        const more = room === 0 ? [] : oldestOf.all(type, one.organization, now, room, one.got);
        one.got += more.length;
        rows.push(...more);
        return more.length === share;
      });
    }
    return rows;
  }

  return (type, now, slots) => {
    if (slots <= 0) return [];
    const window = oldest.all(type, now, slots + 1);
    if (window.length <= slots) return window;
    const { found, last } = inTurn(type, now, slots);
    const alone = found.length === 1 && window.every(({ organization }) => organization === found[0]);
    const rows = alone ? window.slice(0, slots) : shared(type, now, slots, found);
    served.set(type, last ?? rows.at(-1)?.organization ?? "");
    // Only some were looked at, and they have not enough: the oldest of any.
    const taken = new Set(rows.map(({ seq }) => seq));
    const rest = window.filter(({ seq }) => !taken.has(seq)).slice(0, slots - rows.length);
    return [...rows, ...rest].toSorted((a, b) => (a.wake_at ?? 0) - (b.wake_at ?? 0) || a.seq - b.seq);
  };
}
