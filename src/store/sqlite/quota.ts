import type Database from "better-sqlite3";
import type { QuotaType } from "../../model/action-type.ts";
import type { QuotaRequest } from "../runs.ts";

export type QuotaCounter = {
  /** Inside a transaction: one more start of that type on that day, or false where the limit is reached. */
  take(organization: string, quota: QuotaRequest): boolean;
  usage(organization: string, day: string): Readonly<Record<QuotaType, number>>;
};

export function createQuotaCounter(db: Database.Database): QuotaCounter {
  const take = db.prepare<[string, string, string, number]>(
    `insert into quota (organization, day, type, used) values (?, ?, ?, 1)
     on conflict do update set used = used + 1 where used < ?`,
  );
  const read = db.prepare<[string, string], { type: string; used: number }>(
    "select type, used from quota where organization = ? and day = ?",
  );
  return {
    take: (organization, { day, type, limit }) => limit > 0 && take.run(organization, day, type, limit).changes === 1,
    usage(organization, day) {
      const used = new Map(read.all(organization, day).map((row) => [row.type, row.used]));
      const of = (type: QuotaType): number => used.get(type) ?? 0;
      return { emailAlert: of("emailAlert"), webhook: of("webhook"), customFunction: of("customFunction") };
    },
  };
}
