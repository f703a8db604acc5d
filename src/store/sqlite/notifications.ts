import type Database from "better-sqlite3";
import type { Notification, NotificationStore } from "../notifications.ts";
import { fromCursor, toCursor } from "../cursor.ts";
import type { GroupCommit } from "./group-commit.ts";

type Row = Omit<Notification, "read" | "createdAt"> & { readonly seq: number; readonly read: number; readonly created_at: number };

export function createNotificationStore(db: Database.Database, commits: GroupCommit): NotificationStore {
  const insert = db.prepare(
    `insert into notifications (organization, id, user, title, message, module, record, read, created_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
  );
  // One statement a filter: a condition that is optional inside it would keep SQLite from using the indexes.
  const listed = (filter: string) =>
    db.prepare<(string | number)[], Row>(
      `select * from notifications where organization = ? ${filter} and seq < ? order by seq desc limit ?`,
    );
  const ofAll = { all: listed(""), unread: listed("and read = 0") };
  const ofUser = { all: listed("and user = ?"), unread: listed("and user = ? and read = 0") };
  const read = db.prepare<[string, string]>("update notifications set read = 1 where organization = ? and id = ?");
  const find = db.prepare<[string, string], Row>("select * from notifications where organization = ? and id = ?");

  return {
    add: (notifications) =>
      commits.write(() => {
        for (const { organization, id, user, title, message, module, record, read: seen, createdAt } of notifications)
          insert.run(organization, id, user, title, message, module, record, seen ? 1 : 0, createdAt);
      }),
    async list({ organization, user, unread }, { limit, cursor }) {
      const before = cursor === null ? Number.MAX_SAFE_INTEGER : fromCursor(cursor, ["number"])[0];
      const statement = (user === undefined ? ofAll : ofUser)[unread ? "unread" : "all"];
      const rows = statement.all(organization, ...(user === undefined ? [] : [user]), before, limit + 1);
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return { data: shown.map(toNotification), nextCursor: rows.length > limit && last ? toCursor([last.seq]) : null };
    },
    markRead: (organization, id) =>
      commits.write(() => {
        read.run(organization, id);
        const row = find.get(organization, id);
        return row ? toNotification(row) : null;
      }),
  };
}

function toNotification({ seq: _seq, created_at, read, ...rest }: Row): Notification {
  return { ...rest, read: read === 1, createdAt: created_at };
}
