import { expect, it } from "vitest";
import { upTo, type Current } from "./ledger.ts";

/** Notes that outlive a process, each written by whoever knows the last one. */
export function markContract(current: Current): void {
  it("keeps a note for each key and organization", async () => {
    const { marks } = current();
    expect(await marks.mark("default", "rule-1")).toBeNull();
    expect(await marks.setMark("default", "rule-1", 0, { through: 5, "odd.key": [null] })).toBe(true);
    expect(await marks.setMark("other", "rule-1", 0, { through: 6 })).toBe(true);
    expect(await marks.mark("default", "rule-1")).toEqual({ value: { through: 5, "odd.key": [null] }, revision: 1 });
    expect(await marks.mark("other", "rule-1")).toEqual({ value: { through: 6 }, revision: 1 });
    expect(await marks.mark("default", "rule-2")).toBeNull();
  });

  it("writes only where nobody else has written since", async () => {
    const { marks } = current();
    await marks.setMark("default", "rule-1", 0, { through: 5 });
    expect(await marks.setMark("default", "rule-1", 0, { through: 6 })).toBe(false);
    expect(await marks.setMark("default", "rule-1", 2, { through: 6 })).toBe(false);
    expect(await marks.setMark("default", "rule-1", 1, { through: 7 })).toBe(true);
    expect(await marks.mark("default", "rule-1")).toEqual({ value: { through: 7 }, revision: 2 });
    expect(await marks.setMark("default", "rule-2", 1, { through: 1 })).toBe(false);
    expect(await marks.mark("default", "rule-2")).toBeNull();
  });

  it("lets one of many win", async () => {
    const { marks } = current();
    for (const revision of upTo(3)) {
      const won = await Promise.all(upTo(8).map((n) => marks.setMark("default", "rule-1", revision, { n })));
      expect(won.filter((each) => each)).toHaveLength(1);
      expect((await marks.mark("default", "rule-1"))?.value).toEqual({ n: won.indexOf(true) });
    }
  });
}
