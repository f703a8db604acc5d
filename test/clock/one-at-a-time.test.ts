import { expect, it } from "vitest";
import { oneAtATime } from "../../src/clock/one-at-a-time.ts";

function observed() {
  const told: string[] = [];
  const trouble = {
    failed: (what: string, error: unknown) => void told.push(`${what} failed: ${String(error)}`),
    over: (what: string) => void told.push(`${what} over`),
  };
  const ends: ((error?: Error) => void)[] = [];
  const work = () => new Promise<void>((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())));
  return { begin: oneAtATime({ name: "digests", everyMs: 1000, work }, trouble), ends, told };
}

/** What was to happen at once has happened. */
const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

it("begins work that is under way no second time, and again once it has ended, however it did", async () => {
  const { begin, ends, told } = observed();
  begin();
  begin();
  expect(ends).toHaveLength(1);
  ends[0]?.(new Error("no"));
  await turn();
  begin();
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await turn();
  begin();
  expect(ends).toHaveLength(3);
  expect(told).toEqual(["digests failed: Error: no", "digests over"]);
});

it("tells of work that throws before it has promised anything", async () => {
  const told: string[] = [];
  const work = () => {
    throw new Error("at once");
  };
  oneAtATime({ name: "digests", everyMs: 1000, work }, { failed: (what) => void told.push(what), over: () => undefined })();
  await turn();
  expect(told).toEqual(["digests"]);
});
