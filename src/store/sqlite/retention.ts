import type Database from "better-sqlite3";
import type { Expired, RetentionStore } from "../retention.ts";
import type { GroupCommit } from "./group-commit.ts";

type Old = { readonly seq: number; readonly open: number };

export function createRetentionStore(db: Database.Database, commits: GroupCommit): RetentionStore {
  const old = db.prepare<[number, number, number], Old>(
    `select seq, exists (
       select 1 from runs where event_seq = events.seq and status in ('scheduled', 'running', 'retrying')
     ) as open
     from events where seq > ? and stored_at < ? order by seq limit ?`,
  );
  const deleteRuns = db.prepare<[number]>("delete from runs where event_seq = ?");
  const deleteEvent = db.prepare<[number]>("delete from events where seq = ?");
  const forgetQuota = db.prepare<[string]>("delete from quota where day < ?");

  function expire(before: number, after: string | null, limit: number): Expired {
    const events = old.all(Number(after ?? 0), before, limit);
    const over = events.filter(({ open }) => open === 0);
    let runs = 0;
    for (const { seq } of over) {
      runs += deleteRuns.run(seq).changes;
      deleteEvent.run(seq);
    }
    const last = events.at(-1);
    if (last && events.length === limit) return { events: over.length, runs, next: String(last.seq) };
    // The day before in every zone of the world.
    forgetQuota.run(new Date(before - 86_400_000).toISOString().slice(0, 10));
    return { events: over.length, runs, next: null };
  }

  return { expire: (before, after, limit) => commits.write(() => expire(before, after, limit)) };
}
