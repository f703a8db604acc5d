import Database from "better-sqlite3";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { ManualClock } from "../support/manual-clock.ts";
import { temporaryFile } from "../store/sqlite/temporary-file.ts";
import type { FaultPoints, Kind } from "./ambiguous-faults.ts";
import { late, LATE_MS } from "./ambiguous-faults.ts";
import { watch } from "./ambiguous-quiet.ts";
import type { Lane } from "./ambiguous-sweep.ts";

/** What can go wrong with a file: its transactions have no names, and none of them waits for anybody. */
export const SQLITE_KINDS: readonly Kind[] = ["fails", "timesOut", "late2", "late9", "dies", "diesAfter"];
/** And with the calls of the port, which a process can be stopped in the middle of. */
export const SQLITE_CALL_KINDS: readonly Kind[] = ["late9", "held9"];

/** A file in a folder of its own, made anew for each case. */
export function sqliteLane(): Lane {
  return {
    async prepare() {
      const file = await temporaryFile();
      const reader = openSqliteStore(file.path);
      return {
        reader,
        open: async (points, kind, clock) => openFaulty(file.path, points, kind, clock),
        async close() {
          await reader.close();
          await file.remove();
        },
      };
    },
    close: async () => undefined,
  };
}

function openFaulty(path: string, points: FaultPoints, kind: Kind | null, clock: ManualClock) {
  let dead = false;
  const store = openSqliteStore(path, {
    intercept(transaction) {
      if (dead) throw refusal();
      if (!points.isAt("transaction")) return transaction();
      dead = kind === "dies" || kind === "diesAfter";
      if (kind === "fails" || kind === "dies") throw refusal();
      transaction();
      if (kind === "timesOut" || kind === "diesAfter") throw refusal();
      // Nothing else happens in a process while it waits for its disk; all that it missed comes at once.
      clock.moveBy(LATE_MS[kind ?? "fails"] ?? 0);
    },
  });
  const watched = watch(store, async (name, work) => {
    if (!points.isAt(name)) return work();
    return late(kind ?? "late9", work, clock, watched.othersQuiet);
  });
  return { watched, isDead: () => dead };
}

/** As SQLite says it of a disk that fails, before or after the commit was on it. */
function refusal(): Error {
  return new Database.SqliteError("disk I/O error", "SQLITE_IOERR");
}
