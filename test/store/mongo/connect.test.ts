import { afterAll, expect, it } from "vitest";
import { MongoClient, MongoServerError } from "mongodb";
import { RulewrightError } from "../../../src/model/errors.ts";
import { openMongoStore } from "../../../src/store/mongo/mongo-store.ts";
import { connectError } from "../../../src/store/mongo/refusals.ts";
import { describeMongo } from "../../support/mongod-shared.ts";

/** Nothing listens there. */
const NOBODY = "127.0.0.1:1";

it.each([
  ["w=1", "w=1, journal=true, wtimeoutMS=none"],
  ["w=0", "w=0, journal=true, wtimeoutMS=none"],
  ["journal=false", "w=majority, journal=false, wtimeoutMS=none"],
  ["w=majority&journal=true&wtimeoutMS=100", "w=majority, journal=true, wtimeoutMS=100"],
])("refuses a store URL that takes back what a write waits for: %s", async (options, got) => {
  const opening = openMongoStore(`mongodb://${NOBODY}/rulewright?${options}`);
  await expect(opening).rejects.toThrow(RulewrightError);
  await expect(opening).rejects.toMatchObject({
    code: "validation_failed",
    message: `Expected a store URL without w, journal and wtimeoutMS, got ${got}: every write waits for a majority with its journal`,
  });
});

it("says at which host nothing answers, and shows no password; asking for what is done anyway is no mistake", async () => {
  const error = await openMongoStore(`mongodb://ada:hush@${NOBODY}/rulewright?w=majority&journal=true`).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(RulewrightError);
  expect(error).toMatchObject({ code: "validation_failed", message: expect.stringContaining(`answers at ${NOBODY}: `) });
  expect(String(error)).not.toContain("hush");
});

it.each(["mongodb://ada:hu%sh@a/rulewright", "mongodb://ada:hush@a:99999/rulewright", "mongodb://ada:hush@a/rulewright?hush=1"])(
  "shows no password of a URL that cannot be read: %s",
  async (url) => {
    const error = await openMongoStore(url).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: "validation_failed",
      message: expect.stringContaining("Expected a MongoDB URL that can be read: "),
    });
    expect(String(error)).not.toMatch(/hu%?sh@/);
  },
);

it("names a mistake of the URL as that", async () => {
  await expect(openMongoStore(`mongodb://${NOBODY}/rulewright?foo=1`)).rejects.toThrow(
    "Expected a MongoDB URL that can be read: option foo is not supported",
  );
});

it("names the host of mongodb+srv:// that has no record", () => {
  const client = new MongoClient("mongodb+srv://ada:hush@nowhere.invalid/rulewright");
  const error = connectError(new Error("querySrv ENOTFOUND"), client, new Map());
  expect(error.message).toBe("Expected a MongoDB server that answers at nowhere.invalid: querySrv ENOTFOUND");
});

await describeMongo((kind, database) => {
  const { url, drop } = database();
  const { pathname } = new URL(url);
  const name = pathname.slice(1);
  const client = new MongoClient(url);
  afterAll(async () => {
    await client.close();
    await drop();
  });

  const withUser = (user: string): string => {
    const changed = new URL(url);
    changed.username = user;
    changed.password = "hush";
    return changed.href;
  };
  /** A server that asks for rights answers so. */
  const unauthorized = async (): Promise<never> => {
    throw new MongoServerError({ message: "command insert requires authentication", code: 13 });
  };

  it("says where a user is looked for whom the server does not know", async () => {
    const message = `The server refuses the user nobody of the store's URL, or the password. Users are looked for in the database`;
    for (const [query, found] of [
      ["", `${name}; add ?authSource=admin where`],
      ["authSource=admin", "admin; add ?authSource=<database> where"],
    ] as const) {
      const asked = new URL(withUser("nobody"));
      asked.search = [asked.search.slice(1), query].filter(Boolean).join("&");
      const opening = openMongoStore(asked.href);
      await expect(opening).rejects.toMatchObject({ code: "validation_failed", message: expect.stringContaining(`${message} ${found}`) });
      await expect(opening).rejects.not.toThrow(/hush/);
    }
  });

  it("says which role the user needs, and that the server asks for one where the URL has none", async () => {
    await client.db().command({ createUser: "ada", pwd: "hush", roles: [] });
    try {
      await expect(openMongoStore(withUser("ada"), { intercept: unauthorized })).rejects.toMatchObject({
        code: "validation_failed",
        message: `The user ada of the store's URL needs the role readWrite on the database ${name}`,
      });
    } finally {
      await client.db().command({ dropUser: "ada" });
    }
    await expect(openMongoStore(url, { intercept: unauthorized })).rejects.toMatchObject({
      code: "validation_failed",
      message: `Expected a user in the store's URL who has the role readWrite on the database ${name}: the server asks for one`,
    });
  });

  // A standalone is in none, so there is nothing to skip.
  if (kind !== "replicaSet") return;
  it("says which replica set a server is in that is not the URL's", { timeout: 20_000 }, async () => {
    const wrong = new URL(url);
    const right = wrong.searchParams.get("replicaSet");
    wrong.searchParams.set("replicaSet", "wrong");
    await expect(openMongoStore(wrong.href)).rejects.toMatchObject({
      code: "validation_failed",
      message: `Expected servers of the replica set wrong, as the store's URL says: ${wrong.host} is in ${right}`,
    });
  });
});
