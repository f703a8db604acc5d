import { afterAll, afterEach, beforeEach } from "vitest";
import { describeMongo } from "../../support/mongod-shared.ts";
import { openHookedStore, type HookedStore } from "./hooked-store.ts";

/** Two processes on one database, which is empty when a test begins. */
export type TwoProcesses = { readonly one: HookedStore; readonly other: HookedStore; readonly url: string };

export async function describeTwoProcesses(suite: (current: () => TwoProcesses) => void): Promise<void> {
  await describeMongo((_kind, database) => {
    const { url, empty, drop } = database();
    let current: TwoProcesses;
    beforeEach(async () => {
      await empty();
      current = { one: await openHookedStore(url), other: await openHookedStore(url), url };
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
