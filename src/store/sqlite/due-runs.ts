import type Database from "better-sqlite3";
import type { ActionType } from "../../model/action-type.ts";

/**
 * Rows of up to so many runs of a type that are due, oldest first. Where more is due, the organizations that have something due share the
 * slots evenly, each with its oldest; where there are more of them than slots, the next call goes on with those that come after.
 */
export type DueRuns = (type: ActionType, now: number, slots: number) => readonly number[];

type Due = { readonly seq: number; readonly wake_at: number };

/** A call costs the same however many organizations have something planned for later: the next one looks at the next of them. */
const MOST_LOOKED_AT = 200;

/**
 * A limit that is bound. SQLite looks at a bare `?` there to plan by its value, and plans anew each time it is bound: more than the rest of
 * a claim costs.
 */
export const LIMIT = "limit ? + 0";

export function createDueRuns(db: Database.Database): DueRuns {
  const oldest = db.prepare<[string, number, number], Due>(
    `select seq, wake_at from runs where action_type = ? and wake_at <= ? order by wake_at, seq ${LIMIT}`,
  );
  const oldestOf = db.prepare<[string, string, number, number, number], Due>(
    `select seq, wake_at from runs where action_type = ? and organization = ? and wake_at <= ? order by wake_at, seq ${LIMIT} offset ? + 0`,
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

  /** The oldest of each in even shares; what one leaves of its share goes to the others. `last`: served last. */
  function shared(type: ActionType, now: number, slots: number, organizations: readonly string[]): { due: Due[]; last: string } {
    const due: Due[] = [];
    let last = "";
    let open = organizations.map((organization) => ({ organization, got: 0 }));
    while (open.length > 0 && due.length < slots) {
      const share = Math.max(1, Math.floor((slots - due.length) / open.length));
      open = open.filter((one) => {
        const room = Math.min(share, slots - due.length);
        if (room === 0) return false;
        const more = oldestOf.all(type, one.organization, now, room, one.got);
        one.got += more.length;
        due.push(...more);
        if (more.length > 0) last = one.organization;
        return more.length === share;
      });
    }
    return { due, last };
  }

  return (type, now, slots) => {
    if (slots <= 0) return [];
    const window = oldest.all(type, now, slots + 1);
    if (window.length <= slots) return window.map(({ seq }) => seq);
    const turn = inTurn(type, now, slots);
    if (turn.last === null && turn.found.length === 1) return window.slice(0, slots).map(({ seq }) => seq);
    const { due, last } = shared(type, now, slots, turn.found);
    served.set(type, turn.last ?? last);
    // Only some were looked at, and they have not enough: the oldest of any.
    const taken = new Set(due.map(({ seq }) => seq));
    const rest = window.filter(({ seq }) => !taken.has(seq)).slice(0, slots - due.length);
    return [...due, ...rest].toSorted((a, b) => a.wake_at - b.wake_at || a.seq - b.seq).map(({ seq }) => seq);
  };
}
