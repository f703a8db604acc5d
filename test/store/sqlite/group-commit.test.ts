import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openDatabase } from "../../../src/store/sqlite/database.ts";
import { createGroupCommit, type GroupCommit } from "../../../src/store/sqlite/group-commit.ts";
import { temporaryFile, type TemporaryFile } from "./temporary-file.ts";

let file: TemporaryFile;
let db: Database.Database;
let commits: GroupCommit;
/** Transactions as the database was told of them. */
let told: string[];

beforeEach(async () => {
  file = await temporaryFile();
  openDatabase(file.path).close();
  told = [];
  db = new Database(file.path, {
    timeout: 50,
    verbose: (sql) => {
      if (typeof sql === "string" && /^(begin|commit|rollback)/.test(sql)) told.push(sql);
    },
  });
  db.exec("create table seen (value integer primary key, at integer)");
  commits = createGroupCommit(db);
});
afterEach(async () => {
  db.close();
  await file.remove();
});

const insert = (value: number) => commits.write(() => Number(db.prepare("insert into seen (value) values (?)").run(value).lastInsertRowid));
const values = () => db.prepare<[], number>("select value from seen order by rowid").pluck().all();

it("writes all of one turn in one transaction, in the order they came", async () => {
  const order: number[] = [];
  const answers = await Promise.all(
    [5, 3, 9, 1].map((value) =>
      commits.write(() => {
        order.push(value);
        return value * 2;
      }),
    ),
  );
  expect(told).toEqual(["begin immediate", "commit"]);
  expect(order).toEqual([5, 3, 9, 1]);
  expect(answers).toEqual([10, 6, 18, 2]);
});

it("writes what comes in a later turn in another transaction", async () => {
  await insert(1);
  await insert(2);
  expect(told).toEqual(["begin immediate", "commit", "begin immediate", "commit"]);
});

it("lets a write that can wait ride with the next one", async () => {
  const later = commits.writeSoon(() => db.prepare("insert into seen (value) values (1)").run().changes);
  await insert(2);
  expect(await later).toBe(1);
  expect(told).toEqual(["begin immediate", "commit"]);
  expect(values()).toEqual([1, 2]);
});

it("gives a write that can wait a transaction of its own where no other comes", async () => {
  expect(await commits.writeSoon(() => "done")).toBe("done");
  expect(told).toEqual(["begin immediate", "commit"]);
});

it("counts writes that can wait among those that settled() waits for", async () => {
  let written = false;
  void commits.writeSoon(() => (written = true));
  await commits.settled();
  expect(written).toBe(true);
});

it("splits what is more than 100 writes, the order kept", async () => {
  const order: number[] = [];
  await Promise.all(Array.from({ length: 250 }, (_, i) => commits.write(() => order.push(i))));
  expect(told.filter((sql) => sql === "commit")).toHaveLength(3);
  expect(order).toEqual(Array.from({ length: 250 }, (_, i) => i));
});

it("resolves only when another connection can see what was written", async () => {
  const other = new Database(file.path);
  const seen = insert(7).then(() => other.prepare("select value from seen").pluck().get());
  expect(other.prepare("select value from seen").pluck().get()).toBeUndefined();
  expect(await seen).toBe(7);
  other.close();
});

it("fails a bad write alone: nothing of it is kept, its neighbours are, in order", async () => {
  await insert(3);
  const answers = await Promise.allSettled(
    [1, 2, 3, 4, 5].map((value) =>
      commits.write(() => {
        db.prepare("insert into seen (value, at) values (?, 0)").run(value * 100);
        db.prepare("insert into seen (value) values (?)").run(value);
        return value;
      }),
    ),
  );
  expect(answers.map((answer) => (answer.status === "fulfilled" ? answer.value : "failed"))).toEqual([1, 2, "failed", 4, 5]);
  expect(answers[2]).toMatchObject({ reason: { code: "SQLITE_CONSTRAINT_PRIMARYKEY" } });
  expect(values()).toEqual([1, 2, 3, 4, 5, 100, 200, 400, 500]);
  expect(db.inTransaction).toBe(false);
});

it("fails a write that throws nothing at all", async () => {
  const refused = await commits
    .write(() => {
      throw undefined;
    })
    .then(
      () => "kept",
      () => "refused",
    );
  expect(refused).toBe("refused");
  expect(await insert(1)).toBe(1);
});

it("waits once, not once a write, for a database that stays locked, and goes on when it is free", async () => {
  const other = new Database(file.path);
  other.exec("begin immediate");
  const answers = await Promise.allSettled([1, 2, 3].map(insert));
  expect(answers).toMatchObject([1, 2, 3].map(() => ({ status: "rejected", reason: { code: "overloaded", retryAfter: 1 } })));
  expect(told).toEqual(["begin immediate"]);
  other.exec("rollback");
  expect(await insert(1)).toBe(1);
  other.close();
});

it("refuses writes while the disk is full, and goes on when there is room", async () => {
  await insert(1);
  const pages = Number(db.pragma("page_count", { simple: true }));
  db.pragma(`max_page_count = ${pages}`);
  const large = () => commits.write(() => db.prepare("insert into seen (value, at) select value + 1000, 0 from generate_series").run());
  db.exec("create temp table generate_series (value integer)");
  db.exec("insert into generate_series with recursive n (i) as (select 1 union all select i + 1 from n where i < 5000) select i from n");
  told.length = 0;
  const full = { status: "rejected", reason: { code: "overloaded", retryAfter: 1, message: expect.stringContaining("disk is full") } };
  expect(await Promise.allSettled([large(), insert(2)])).toMatchObject([full, full]);
  expect(told.filter((sql) => sql === "begin immediate")).toHaveLength(1);
  expect(db.inTransaction).toBe(false);
  db.pragma("max_page_count = 1000000");
  expect(await insert(3)).toBe(3);
  expect(values()).toEqual([1, 3]);
});

it("has every write of a turn refused when the disk fails under one, and tries none again", async () => {
  let tries = 0;
  const failing = commits.write(() => {
    tries += 1;
    throw new Database.SqliteError("disk I/O error", "SQLITE_IOERR_WRITE");
  });
  const refused = { status: "rejected", reason: { code: "overloaded", retryAfter: 1 } };
  expect(await Promise.allSettled([insert(1), failing, insert(2)])).toMatchObject([refused, refused, refused]);
  expect(tries).toBe(1);
  expect(values()).toEqual([]);
  expect(await insert(3)).toBe(3);
});

it("refuses writes once the database is closed", async () => {
  db.close();
  await expect(insert(1)).rejects.toThrow("The database connection is not open");
  await expect(commits.writeSoon(() => 1)).rejects.toThrow("The database connection is not open");
});

it("has written everything that came before when it says that it has settled", async () => {
  const before = Array.from({ length: 120 }, (_, i) => insert(i + 1));
  await commits.settled();
  expect(values()).toHaveLength(120);
  await Promise.all(before);
});

it("acknowledges nothing whose commit is refused", async () => {
  // Looked at by the commit, not by the statement.
  db.exec("create table child (seen integer references seen (value) deferrable initially deferred)");
  const orphan = commits.write(() => db.prepare("insert into child (seen) values (1)").run());
  await expect(orphan).rejects.toThrow("FOREIGN KEY constraint failed");
  await insert(1);
  await commits.write(() => db.prepare("insert into child (seen) values (1)").run());
  expect(db.prepare("select count(*) from child").pluck().get()).toBe(1);
});
