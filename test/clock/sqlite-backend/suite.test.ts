import type { AgendaBackend } from "agenda";
import { describe } from "vitest";
import { createSqliteRepository } from "../../../src/clock/agenda/sqlite-backend/sqlite-repository.ts";
import { openSqlite } from "../../../src/store/sqlite/sqlite-store.ts";
import { fullAgendaTestSuite } from "../agenda-suite/full-test-suite.ts";
import { temporaryFile } from "../../store/sqlite/temporary-file.ts";

const files = new Map<AgendaBackend, () => Promise<void>>();

// Agenda's own tests of what keeps its jobs, on real files. Nothing here runs jobs in processes of their own. They wait for real time, and a
// machine that has other work may be late.
describe("Agenda's own suite", { retry: 2 }, () => {
  fullAgendaTestSuite({
    name: "SQLite",
    async createBackend() {
      const file = await temporaryFile();
      const opened = openSqlite(file.path);
      const nothing = async (): Promise<void> => undefined;
      const backend: AgendaBackend = {
        name: "SQLite",
        repository: createSqliteRepository(opened),
        ownsConnection: false,
        connect: nothing,
        disconnect: nothing,
      };
      files.set(backend, async () => {
        await opened.store.close();
        await file.remove();
      });
      return backend;
    },
    async cleanupBackend(backend) {
      await files.get(backend)?.();
    },
    async clearJobs(backend) {
      await backend.repository.purgeAllJobs();
    },
  });
});
