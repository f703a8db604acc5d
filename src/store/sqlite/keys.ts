import type Database from "better-sqlite3";
import type { KeyStore } from "../keys.ts";
import type { GroupCommit } from "./group-commit.ts";

type Row = { readonly organization: string; readonly id: string; readonly hash: string; readonly created_at: number };

export function createKeyStore(db: Database.Database, commits: GroupCommit): KeyStore {
  const list = db.prepare<[string], Row>("select * from api_keys where organization = ? order by created_at");
  const insert = db.prepare<[string, string, string, number]>(
    "insert into api_keys (organization, id, hash, created_at) values (?, ?, ?, ?)",
  );
  return {
    keys: async (organization) => list.all(organization).map(({ created_at: createdAt, ...key }) => ({ ...key, createdAt })),
    addFirst: ({ organization, id, hash, createdAt }) =>
      commits.write(() => list.all(organization).length === 0 && insert.run(organization, id, hash, createdAt).changes === 1),
  };
}
