import type Database from "better-sqlite3";
import type { Expired, RetentionStore } from "../retention.ts";
import type { GroupCommit } from "./group-commit.ts";

type Old = { readonly seq: number; readonly stored_at: number };

export function createRetentionStore(db: Database.Database, commits: GroupCommit): RetentionStore {
  const following = db.prepare<[number, number], Old>("select seq, stored_at from events where seq > ? order by seq limit ?");
  const open = db.prepare<[number], { seq: number }>(
    "select seq from runs where event_seq = ? and status in ('scheduled', 'running', 'retrying') limit 1",
  );
  const deleteRuns = db.prepare<[number]>("delete from runs where event_seq = ?");
  const deleteEvent = db.prepare<[number]>("delete from events where seq = ?");
  const forgetQuota = db.prepare<[string]>("delete from quota where day < ?");

  function expire(before: number, after: string | null, limit: number): Expired {
    const looked = following.all(Number(after ?? 0), limit);
    // Events are stored in the order of time: behind the first young one there is no old one.
    const young = looked.findIndex((event) => event.stored_at >= before);
    const old = young === -1 ? looked : looked.slice(0, young);
    const over = old.filter(({ seq }) => !open.get(seq));
    let runs = 0;
    for (const { seq } of over) {
      runs += deleteRuns.run(seq).changes;
      deleteEvent.run(seq);
    }
    const last = old.at(-1);
    if (last && old.length === limit) return { events: over.length, runs, next: String(last.seq) };
    // The day before in every zone of the world.
    forgetQuota.run(new Date(before - 86_400_000).toISOString().slice(0, 10));
    return { events: over.length, runs, next: null };
  }

  return { expire: (before, after, limit) => commits.write(() => expire(before, after, limit)) };
}
