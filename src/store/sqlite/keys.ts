import type Database from "better-sqlite3";
import type { KeyStore } from "../keys.ts";
import type { GroupCommit } from "./group-commit.ts";

type Row = { readonly organization: string; readonly id: string; readonly hash: string; readonly created_at: number };

export function createKeyStore(db: Database.Database, commits: GroupCommit): KeyStore {
  const list = db.prepare<[string], Row>("select * from api_keys where organization = ? order by created_at");
  const insert = db.prepare<[string, string, string, number]>(
    "insert into api_keys (organization, id, hash, created_at) values (?, ?, ?, ?)",
  );
  const sealed = db.prepare<[], string>("select sealed from seal").pluck();
  const insertSeal = db.prepare<[string]>("insert or ignore into seal (one, sealed) values (1, ?)");
  return {
    keys: async (organization) => list.all(organization).map(({ created_at: createdAt, ...key }) => ({ ...key, createdAt })),
    addFirst: ({ organization, id, hash, createdAt }) =>
      commits.write(() => list.all(organization).length === 0 && insert.run(organization, id, hash, createdAt).changes === 1),
    seal: async (own) =>
      sealed.get() ??
      commits.write(() => {
        insertSeal.run(own);
        return sealed.get() ?? own;
      }),
  };
}
