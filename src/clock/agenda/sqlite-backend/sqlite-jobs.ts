import { WAKE, type JobStore } from "../job-store.ts";
import type { SqliteAccess } from "./access.ts";
import { createSqliteRepository } from "./sqlite-repository.ts";

/** Jobs in the ledger's own file: table `agenda_jobs`, which the store's migrations make. */
export function sqliteJobs(access: SqliteAccess): JobStore {
  const forget = access.db.prepare<[string, number]>("delete from agenda_jobs where name = ? and json_extract(data, '$.at') < ?");
  return {
    repository: createSqliteRepository(access),
    prepare: async () => undefined,
    async forget(before) {
      await access.write(() => forget.run(WAKE, before));
    },
  };
}
