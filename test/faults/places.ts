import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";

/** A store that real processes share, seen from outside them. */
export type Place = {
  /** As `--store` takes it. */
  readonly url: string;
  /** For rules and whatever else a scenario needs. */
  readonly folder: string;
  /** Opens it in this process, beside the others. */
  open(): Promise<Store>;
  /** What the technology itself says of its data; null where all is well. */
  damage(): Promise<string | null>;
  remove(): Promise<void>;
};

export async function sqlitePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "rulewright-fault-"));
  const file = join(folder, "store.db");
  return {
    url: `sqlite:${file}`,
    folder,
    open: async () => openSqliteStore(file),
    async damage() {
      const db = new Database(file, { readonly: true });
      const said = String(db.pragma("integrity_check", { simple: true }));
      db.close();
      return said === "ok" ? null : said;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
