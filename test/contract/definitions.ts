import { expect, it } from "vitest";
import { makeEntry, makeGeneration, makeVersion } from "../support/make.ts";
import { upTo, type Current } from "./ledger.ts";

/** Versions never change; one generation says which of them count. */
export function definitionContract(current: Current): void {
  it("has no generation before the first", async () => {
    expect(await current().definitions.current("default")).toBeNull();
    expect(await current().definitions.generation("default", 1)).toBeNull();
    expect(await current().definitions.organizations()).toEqual([]);
  });

  it("makes the next generation current and keeps the earlier ones", async () => {
    const first = makeGeneration();
    const second = makeGeneration({
      number: 2,
      entries: [makeEntry({ version: 2, active: false }), makeEntry({ id: "rule-2", order: 2, module: null })],
    });
    expect(await current().definitions.swap("default", first, [])).toBe(true);
    expect(await current().definitions.swap("default", second, [])).toBe(true);
    expect(await current().definitions.current("default")).toEqual(second);
    expect(await current().definitions.generation("default", 1)).toEqual(first);
    expect(await current().definitions.generation("default", 3)).toBeNull();
  });

  it.each([
    ["the same again", 1],
    ["one too far", 3],
    ["none", 0],
  ])("refuses a generation that does not follow the current one: %s", async (_title, number) => {
    await current().definitions.swap("default", makeGeneration(), []);
    expect(await current().definitions.swap("default", makeGeneration({ number, entries: [] }), [])).toBe(false);
    expect(await current().definitions.current("default")).toEqual(makeGeneration());
  });

  it("lets one of 10 concurrent swaps win", async () => {
    const swaps = upTo(10).map((i) => current().definitions.swap("default", makeGeneration({ entries: [makeEntry({ order: i })] }), []));
    const won = (await Promise.all(swaps)).flatMap((answer, i) => (answer ? [i] : []));
    expect(won).toHaveLength(1);
    expect((await current().definitions.current("default"))?.entries[0]?.order).toBe(won[0]);
  });

  it("answers the versions asked for and leaves unknown ones out", async () => {
    const versions = [1, 2].map((version) =>
      makeVersion({ version, conditions: { all: [{ fact: "total", operator: "equal", value: version }] } }),
    );
    await current().definitions.swap("default", makeGeneration(), versions);
    const keys = [...versions, makeVersion({ version: 3 }), makeVersion({ id: "none" })];
    const found = await current().definitions.versions("default", keys);
    expect(found.toSorted((a, b) => a.version - b.version)).toEqual(versions);
    expect(await current().definitions.versions("default", [])).toEqual([]);
  });

  it("never changes a version that is written", async () => {
    const first = makeVersion();
    await current().definitions.swap("default", makeGeneration(), [first]);
    const changed = makeVersion({ document: { name: "close", module: "invoices", field: "status", value: "other" }, conditions: {} });
    expect(await current().definitions.swap("default", makeGeneration({ number: 2 }), [changed])).toBe(true);
    expect(await current().definitions.versions("default", [first])).toEqual([first]);
  });

  it("keeps an organization's first API key, once, whoever comes first", async () => {
    const key = (i: number) => ({ organization: "default", id: `key-${i}`, hash: `hash ${i}`, createdAt: i });
    const answers = await Promise.all(upTo(5).map((i) => current().keys.addFirst(key(i))));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await current().keys.keys("default")).toEqual([key(answers.indexOf(true))]);
    expect(await current().keys.keys("other")).toEqual([]);
    expect(await current().keys.addFirst({ ...key(9), organization: "other" })).toBe(true);
  });

  it("keeps what the first secret key has sealed, whoever comes at the same time", async () => {
    const own = upTo(5).map((i) => `v1.${i}`);
    const answers = await Promise.all(own.map((sealed) => current().keys.seal(sealed)));
    expect(new Set(answers).size).toBe(1);
    expect(own).toContain(answers[0]);
    expect(await current().keys.seal("v1.late")).toBe(answers[0]);
  });

  it("tells the number of the newest generation, of each organization for itself", async () => {
    const { definitions } = current();
    expect(await definitions.newest()).toEqual(new Map());
    for (const number of [1, 2]) await definitions.swap("default", makeGeneration({ number, entries: [] }), []);
    await definitions.swap("other", makeGeneration({ number: 1, entries: [] }), []);
    expect(await definitions.newest()).toEqual(
      new Map([
        ["default", 2],
        ["other", 1],
      ]),
    );
  });
}
