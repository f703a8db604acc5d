import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { mongoJobs } from "../../../src/clock/agenda/mongo-jobs.ts";
import { openMongo, type OpenMongo } from "../../../src/store/mongo/mongo-store.ts";
import { mongodProgram } from "../../support/mongod-shared.ts";
import { startMongod, type Mongod } from "../../support/mongod.ts";
import { startProcess } from "./place.ts";

const SECOND = 1000;
/** Of the driver: it finds a server again within ten seconds. */
const BACK = { timeout: 30_000, interval: 50 };

const program = await mongodProgram();

describe.skipIf(program === null)("while mongod is away", () => {
  let mongod: Mongod;
  let opened: OpenMongo;
  beforeAll(async () => {
    mongod = await startMongod(program ?? "", "standalone");
    opened = await openMongo(mongod.urlOf("outage"));
  });
  afterAll(async () => {
    await opened.store.close();
    await mongod.stop();
  });

  it("a wake-up that was due and whatever was planned meanwhile come when it is back, and what fails is said once", async () => {
    const { wakeUps, woken, trouble } = startProcess(() => mongoJobs(opened), {
      recurring: [{ name: "digests", everyMs: 3_600_000, work: async () => undefined }],
    });
    const jobs = opened.db.collection("agenda_jobs");
    wakeUps.at(Date.now() + SECOND);
    await woken.reached(1);
    const during = Date.now() + 2 * SECOND;
    wakeUps.at(during);
    await vi.waitFor(async () => expect(await jobs.countDocuments({ "data.at": { $gte: during } })).toBe(1), BACK);
    await mongod.kill("SIGKILL");
    wakeUps.at(Date.now() + 5 * SECOND);
    await vi.waitFor(
      () =>
        expect(trouble.lines.toSorted()).toEqual([
          "planning wake-ups failed",
          "polling for digests failed",
          "polling for wake failed",
          "restoring Agenda's jobs failed",
        ]),
      BACK,
    );
    await mongod.restart();
    await woken.reached(2);
    await vi.waitFor(() => {
      // As the next sweep does.
      wakeUps.at(Date.now() + SECOND);
      expect(trouble.lines.filter((line) => line.endsWith("over"))).toHaveLength(4);
    }, BACK);
    await woken.reached(3);
    expect(trouble.lines).toHaveLength(8);
    await wakeUps.stop();
  }, 90_000);

  it("a process stops without waiting for it", async () => {
    const { wakeUps, woken } = startProcess(() => mongoJobs(opened));
    wakeUps.at(Date.now() + SECOND);
    await woken.reached(1);
    wakeUps.at(Date.now() + 60 * SECOND);
    await mongod.kill("SIGKILL");
    const began = Date.now();
    await wakeUps.stop();
    expect(Date.now() - began).toBeLessThan(3 * SECOND);
    await mongod.restart();
  }, 60_000);
});
