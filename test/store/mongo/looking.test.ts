import { MongoClient } from "mongodb";
import { afterAll, expect, it } from "vitest";
import { openMongoStore } from "../../../src/store/mongo/mongo-store.ts";
import { cli } from "../../cli/run.ts";
import { describeMongo } from "../../support/mongod-shared.ts";

await describeMongo((_kind, database) => {
  const { url, drop } = database();
  const client = new MongoClient(url);
  afterAll(async () => {
    await client.close();
    await drop();
  });

  it("refuses who only looks where there is no store, and makes nothing", async () => {
    await expect(openMongoStore(url, { looks: true })).rejects.toMatchObject({
      code: "validation_failed",
      message: expect.stringMatching(/^There is no store in the database rulewright_test_\w+: name the one that/),
    });
    expect(await client.db().collections()).toEqual([]);
  });

  it.each([
    ["explain", "paid", "-"],
    ["validate", "rules"],
  ])("so does %s", async (...argv) => {
    const { code, err } = await cli([...argv, "--store", url], {
      stdin: '{"invoice_id": "1"}',
      env: { RULEWRIGHT_SECRET_KEY: "k".repeat(32) },
    });
    expect(code).toBe(1);
    expect(err).toMatch(/^rulewright: There is no store in the database rulewright_test_/);
    expect(await client.db().collections()).toEqual([]);
  });

  it("opens for who only looks what another process has made, and leaves it as it is", async () => {
    await (await openMongoStore(url)).close();
    await client.db().collection("runs").dropIndex("due");
    const looking = await openMongoStore(url, { looks: true });
    expect(await looking.definitions.newest()).toEqual(new Map());
    await looking.close();
    expect((await client.db().collection("runs").indexes()).map(({ name }) => name)).not.toContain("due");
  });
});
