import { describe } from "vitest";
import { describeMongo } from "../../support/mongod-shared.ts";
import { mongoPlace, sqlitePlace } from "./places.ts";
import { wakeUpsContract } from "./wake-ups-contract.ts";

describe("SQLite", () => {
  wakeUpsContract(sqlitePlace);
});

await describeMongo((_kind, database) => {
  wakeUpsContract(async () => {
    const own = database();
    const place = await mongoPlace(own.url);
    return {
      ...place,
      async close() {
        await place.close();
        await own.drop();
      },
    };
  });
});
