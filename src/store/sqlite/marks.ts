import type Database from "better-sqlite3";
import type { JsonObject } from "../../model/json.ts";
import type { MarkStore } from "../marks.ts";
import type { GroupCommit } from "./group-commit.ts";

export function createMarkStore(db: Database.Database, commits: GroupCommit): MarkStore {
  const find = db.prepare<[string, string], { revision: number; value: string }>(
    "select revision, value from marks where organization = ? and key = ?",
  );
  const make = db.prepare<[string, string, string]>(
    "insert into marks (organization, key, revision, value) values (?, ?, 1, ?) on conflict do nothing",
  );
  const change = db.prepare<[string, string, string, number]>(
    "update marks set revision = revision + 1, value = ? where organization = ? and key = ? and revision = ?",
  );
  return {
    async mark(organization, key) {
      const row = find.get(organization, key);
      return row ? { revision: row.revision, value: JSON.parse(row.value) as JsonObject } : null;
    },
    setMark: (organization, key, revision, value) =>
      commits.write(() => {
        const text = JSON.stringify(value);
        const { changes } = revision === 0 ? make.run(organization, key, text) : change.run(text, organization, key, revision);
        return changes === 1;
      }),
  };
}
