import { afterAll } from "vitest";
import { openMongoStore } from "../../../src/store/mongo/mongo-store.ts";
import { storeContract } from "../../contract/store-contract.ts";
import { describeMongo } from "../../support/mongod-shared.ts";

await describeMongo((kind, database) => {
  // One for all of them, emptied each time: to make the indexes anew for each test would take longer than the test.
  const { url, empty, drop } = database();
  afterAll(drop);
  storeContract(`MongoDB ${kind}`, async () => {
    await empty();
    const store = await openMongoStore(url);
    let open = store;
    return {
      store,
      async reopen() {
        await open.close();
        open = await openMongoStore(url);
        return open;
      },
      dispose: () => open.close(),
    };
  });
});
