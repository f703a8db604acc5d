import { MongoNetworkTimeoutError } from "mongodb";
import { expect, it } from "vitest";
import { describeTwoProcesses } from "./two-processes.ts";

await describeTwoProcesses((current) => {
  it.each([
    ["make a mark", 0],
    ["change a mark", 1],
  ])("says what it wrote although the first answer was lost and another has written since: %s", async (call, revision) => {
    const { one, other } = current();
    if (revision > 0) await other.store.marks.setMark("default", "rule-1", 0, { n: 0 });
    let lost = 0;
    one.after(call, async () => {
      if (lost++ > 0) return;
      for (const n of [1, 2]) await other.store.marks.setMark("default", "rule-1", revision + n, { n });
      throw new MongoNetworkTimeoutError("connection timed out");
    });
    expect(await one.store.marks.setMark("default", "rule-1", revision, { n: 9 })).toBe(true);
    expect(await one.store.marks.mark("default", "rule-1")).toEqual({ value: { n: 2 }, revision: revision + 3 });
    one.heal();
    expect(await one.store.marks.setMark("default", "rule-1", revision, { n: 9 })).toBe(false);
  });
});
