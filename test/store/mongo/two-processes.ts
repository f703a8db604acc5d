import { afterAll, afterEach, beforeEach } from "vitest";
import { describeMongo } from "../../support/mongod-shared.ts";
import { openHookedStore, type HookedStore } from "./hooked-store.ts";

/** Two processes on one database, which is empty when a test begins. */
export type TwoProcesses = { readonly one: HookedStore; readonly other: HookedStore; readonly url: string };

/** @param awaitsOthers they wait for each other, as processes do that go on (`hooked-store.ts`) */
export async function describeTwoProcesses(suite: (current: () => TwoProcesses) => void, { awaitsOthers = false } = {}): Promise<void> {
  await describeMongo((_kind, database) => {
    const { url, empty, drop } = database();
    let current: TwoProcesses;
    beforeEach(async () => {
      await empty();
      const open = () => openHookedStore(url, { awaitsOthers });
      current = { one: await open(), other: await open(), url };
    });
    afterEach(async () => {
      for (const { store, heal } of [current.one, current.other]) {
        heal();
        await store.close();
      }
    });
    afterAll(drop);
    suite(() => current);
  });
}
