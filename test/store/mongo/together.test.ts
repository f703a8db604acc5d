import { expect, it } from "vitest";
import { together } from "../../../src/store/mongo/together.ts";

it("answers what each of them answers", async () => {
  expect(await together([Promise.resolve(1), Promise.resolve("two")])).toEqual([1, "two"]);
});

it("throws what failed first, once all have ended", async () => {
  let end = (): void => undefined;
  let isEnded = false;
  const slow = new Promise<void>((resolve) => (end = resolve)).then(() => (isEnded = true));
  const failed = together([slow, Promise.reject(new Error("first")), Promise.reject(new Error("second"))]).catch((error: unknown) => ({
    error,
    isEnded,
  }));
  // A turn of the event loop: whatever does not wait for the slow one has thrown by now.
  await new Promise((resolve) => setImmediate(resolve));
  end();
  expect(await failed).toEqual({ error: new Error("first"), isEnded: true });
});
