import { expect, it } from "vitest";
import { RulewrightError } from "../../../src/model/errors.ts";
import { openMongoStore } from "../../../src/store/mongo/mongo-store.ts";

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
      message: expect.stringContaining("Expected a MongoDB server that answers at "),
    });
    expect(String(error)).not.toMatch(/hu%?sh@/);
  },
);
