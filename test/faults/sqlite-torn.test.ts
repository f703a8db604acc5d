import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { compiled, type Compiled } from "../support/compiled.ts";
import { temporaryFile } from "../store/sqlite/temporary-file.ts";
import { bytesOf, framesWithin, pageSizeOf, pagesOf, readIndex, saltOf, type WalPosition } from "../store/sqlite/wal.ts";
import { makeKey } from "../support/make.ts";
import { seededRandom } from "../support/random.ts";

/*
 * What a power cut leaves: the files as they were at some instant, less what was written and not yet synced.
 *
 * As they were: the writer is killed at a random instant. That stops it between two system calls (or within one, which then ends first),
 * and nobody else has the files open, so database and log can be copied one after the other and still belong to one instant.
 * Less what was not synced: each commit appends its frames to the log and syncs it, so the log's tail is what can be missing, half written
 * or garbage. Cuts go further back than that, over many commits, as a disk would that only says it has synced: what remains must be as it
 * was after the last commit that is whole.
 * A checkpoint syncs the log, copies its pages into the database and syncs that. A power cut meanwhile leaves any of those pages, old, new
 * or half written, and the whole log; so then only what stands behind its last commit is cut. The index (the third file) notes how far a
 * checkpoint was to copy when it began; a power cut takes it away as a whole.
 */

const COPIES = Number(process.env["COPIES"] ?? 12);
const CUTS = Number(process.env["CUTS"] ?? 40);

type Acknowledged = WalPosition & { readonly id: string };
type Copy = {
  readonly database: Buffer;
  readonly wal: Buffer;
  /** Frames of the log that a checkpoint may have copied, and those that commits have finished. */
  readonly copied: number;
  readonly committed: number;
  readonly acknowledged: readonly Acknowledged[];
};

let program: Compiled;
beforeAll(async () => {
  program = await compiled("store/sqlite/writing-process.ts");
});
afterAll(() => program.remove());

/** Kills a process that writes a new file. */
async function copyAtRandom(random: () => number): Promise<Copy> {
  const file = await temporaryFile();
  const child = spawn(process.execPath, [program.script, file.path, "evt-", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const acknowledged: Acknowledged[] = [];
  const after = 1 + Math.floor(random() * 2_500);
  const later = random() * 20;
  lines.on("line", (line) => {
    const [id, status, salt, frames, end] = line.split(" ");
    // The pipe is cut at any byte: only a whole line says something.
    if (!id || status !== "accepted" || !salt || end !== ".") return;
    acknowledged.push({ id, salt, frames: Number(frames) });
    if (acknowledged.length === after) void pause(later).then(() => child.kill("SIGKILL"));
  });
  await Promise.all([once(child, "exit"), once(lines, "close")]);
  expect(child.signalCode).toBe("SIGKILL");
  const [database, wal, shm] = await Promise.all(["", "-wal", "-shm"].map((suffix) => readFile(file.path + suffix)));
  await file.remove();
  if (!database || !wal || !shm) throw new Error("expected three files");
  const { salt, frames, copied } = readIndex(shm);
  const whole = framesWithin(wal.length, pageSizeOf(wal));
  // An index of another log than the file's: the next log is about to begin, all of this one is in the database.
  return saltOf(wal) === salt
    ? { database, wal, copied, committed: frames, acknowledged }
    : { database, wal, copied: whole, committed: whole, acknowledged };
}

type Torn = { readonly database: Buffer; readonly wal: Buffer; readonly at: number };

/** The log cut at a random place that a power cut could leave, and what then stands behind the cut. */
function cutAtRandom(copy: Copy, random: () => number): Torn {
  const pageSize = pageSizeOf(copy.wal);
  const checkpoint = random() < 0.3;
  const kept = checkpoint ? copy.committed : copy.copied;
  const least = kept === 0 ? 0 : bytesOf(kept, pageSize);
  const at = Math.min(copy.wal.length, least + Math.floor(random() * (bytesOf(copy.committed + 2, pageSize) - least)));
  const tail = Buffer.alloc(Math.floor(random() * 3 * pageSize));
  const kind = random();
  // A file that has grown and whose content was not written reads as zeros.
  if (kind > 0.75) for (let i = 0; i < tail.length; i++) tail[i] = Math.floor(random() * 256);
  const wal = Buffer.concat(kind < 0.5 ? [copy.wal.subarray(0, at)] : [copy.wal.subarray(0, at), tail]);
  return { database: checkpoint ? halfCopied(copy, random) : copy.database, wal, at };
}

/** The database as a power cut during a checkpoint of the whole log leaves it: of each page that it was to copy all, a part or nothing. */
function halfCopied({ database, wal, committed }: Copy, random: () => number): Buffer {
  const pageSize = pageSizeOf(wal);
  const pages = pagesOf(wal, committed);
  const copied = Buffer.alloc(Math.max(database.length, ...[...pages.keys()].map((page) => page * pageSize)));
  database.copy(copied);
  for (const [page, bytes] of pages) {
    const kind = random();
    if (kind < 0.6) bytes.copy(copied, (page - 1) * pageSize, 0, kind < 0.5 ? pageSize : Math.floor(random() * pageSize));
  }
  return copied;
}

type Survived = { readonly ids: readonly string[]; readonly integrity: unknown; readonly whole: readonly unknown[]; readonly read: string };

/** Opens what was left, as a process does that starts after the power cut. */
async function survived(database: Buffer, wal: Buffer): Promise<Survived> {
  const folder = await mkdtemp(join(tmpdir(), "rulewright-torn-"));
  const path = join(folder, "ledger.db");
  await Promise.all([writeFile(path, database), writeFile(`${path}-wal`, wal)]);
  const store = openSqliteStore(path);
  const raw = new Database(path, { readonly: true });
  const one = (sql: string): unknown => raw.prepare(sql).pluck().get();
  try {
    const ids = raw.prepare<[], string>("select id from events order by seq").pluck().all();
    const last = ids.at(-1) ?? "none";
    return {
      ids,
      integrity: one("pragma integrity_check"),
      // Each of them once an event.
      whole: [
        one("select count(*) from events where json_extract(decision, '$.generation') = 1"),
        one(
          "select count(distinct event_seq) from runs join events on events.seq = event_seq where status = 'running' and quota_day is not null",
        ),
        one("select count(*) from runs"),
        (await store.runs.usage("default", "2026-11-20")).webhook,
        (await store.records.record(makeKey({ id: "shared" })))?.revision ?? 0,
      ],
      read: (await store.events.event("default", last))?.id ?? "none",
    };
  } finally {
    await store.close();
    raw.close();
    await rm(folder, { recursive: true, force: true });
  }
}

it(`${COPIES} copies x ${CUTS} cuts of the log: what was committed before the cut is there, and no half of an event`, async () => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  console.log(`seed ${seed} (SEED=${seed} repeats the cuts; the instants are the scheduler's)`);
  const random = seededRandom(seed);
  let [lost, restarted] = [0, 0];
  for (let number = 0; number < COPIES; number++) {
    const copy = await copyAtRandom(random);
    const { acknowledged } = copy;
    const salt = saltOf(copy.wal);
    if (acknowledged.some((event) => event.salt !== salt)) restarted += 1;
    for (let cut = 0; cut < CUTS; cut++) {
      const { database, wal, at } = cut === 0 ? { ...copy, at: copy.wal.length } : cutAtRandom(copy, random);
      const frames = framesWithin(at, pageSizeOf(copy.wal));
      const where = `seed ${seed}, copy ${number}, cut ${cut} at ${at} (${frames} frames of ${copy.committed}, ${copy.copied} copied)`;
      const { ids, integrity, whole, read } = await survived(database, wal).catch((cause: unknown) => {
        throw new Error(where, { cause });
      });
      const there = new Set(ids);
      const owed = cut === 0 ? acknowledged : acknowledged.filter((event) => event.salt !== salt || event.frames <= frames);
      const kept = acknowledged.filter(({ id }) => there.has(id));
      expect({ where, integrity, whole, read, missing: owed.filter(({ id }) => !there.has(id)), kept: kept.length }).toEqual({
        where,
        integrity: "ok",
        whole: whole.map(() => ids.length),
        read: ids.at(-1) ?? "none",
        missing: [],
        kept: owed.length,
      });
      // Taken in one after the other, so what is there is what came first.
      expect(ids).toEqual(ids.map((_, i) => `evt-${i}`));
      lost += acknowledged.length - owed.length;
    }
  }
  console.log(`cuts took ${lost} events; ${restarted} of ${COPIES} copies had a log begun anew`);
  expect(lost).toBeGreaterThan(0);
}, 240_000);
