import { mongoJobs } from "../../../src/clock/agenda/mongo-jobs.ts";
import { sqliteJobs } from "../../../src/clock/agenda/sqlite-backend/sqlite-jobs.ts";
import { openMongo } from "../../../src/store/mongo/mongo-store.ts";
import { openSqlite } from "../../../src/store/sqlite/sqlite-store.ts";
import { temporaryFile } from "../../store/sqlite/temporary-file.ts";
import type { Place } from "./place.ts";

/** A file of its own. */
export async function sqlitePlace(): Promise<Place> {
  const file = await temporaryFile();
  const observer = openSqlite(file.path);
  const opened = [observer];
  return {
    async openJobs() {
      const own = openSqlite(file.path);
      opened.push(own);
      return sqliteJobs(own);
    },
    async jobs() {
      const { jobs } = await sqliteJobs(observer).repository.queryJobs();
      return jobs.map(storedJob);
    },
    async deleteJobs() {
      observer.db.exec("delete from agenda_jobs");
    },
    async close() {
      await Promise.all(opened.map(({ store }) => store.close()));
      await file.remove();
    },
  };
}

/** A database. */
export async function mongoPlace(url: string): Promise<Place> {
  const observer = await openMongo(url);
  const opened = [observer];
  const own = await mongoJobs(observer);
  return {
    async openJobs() {
      const another = await openMongo(url);
      opened.push(another);
      return mongoJobs(another);
    },
    async jobs() {
      const { jobs } = await own.repository.queryJobs();
      return jobs.map(storedJob);
    },
    async deleteJobs() {
      await observer.db.collection("agenda_jobs").drop();
    },
    async close() {
      await Promise.all(opened.map(({ store }) => store.close()));
    },
  };
}

type QueriedJob = { readonly name: string; readonly data: unknown; readonly nextRunAt: Date | null; readonly lockedAt?: Date };

function storedJob({ name, data, nextRunAt, lockedAt }: QueriedJob) {
  const at = typeof data === "object" && data !== null && "at" in data ? Number(data.at) : null;
  return { name, at, nextRunAt: nextRunAt?.getTime() ?? null, isLocked: lockedAt !== undefined };
}
