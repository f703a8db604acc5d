import { expect, it } from "vitest";
import { makeEvent, makeKey, makeRecord } from "../support/make.ts";
import { allPages, FIRST_PAGE, take, type Current } from "./ledger.ts";

/** The record store as it is read. */
export function recordContract(current: Current): void {
  const put = (recordId: string, type = "created", module = "invoices") =>
    take(current(), makeEvent({ id: `evt ${module} ${recordId} ${type}`, recordId, type, module }));
  const ids = async (limit: number, between?: (page: number) => Promise<unknown>) =>
    (await allPages((page) => current().records.records("default", "invoices", page), limit, between)).map(({ id }) => id);

  it("answers one record, or null", async () => {
    await put("90300");
    expect(await current().records.record(makeKey())).toEqual(makeRecord());
    expect(await current().records.record(makeKey({ id: "none" }))).toBeNull();
    expect(await current().records.record(makeKey({ module: "quotes" }))).toBeNull();
  });

  it("lists a module's records in id order", async () => {
    for (const id of ["b", "a", "10", "9", "B", "é"]) await put(id);
    await put("c", "created", "quotes");
    expect(await ids(50)).toEqual(["10", "9", "B", "a", "b", "é"]);
    expect((await current().records.records("default", "invoices", FIRST_PAGE)).data[0]).toEqual(
      makeRecord({ id: "10", body: makeEvent({ recordId: "10" }).record }),
    );
  });

  it("pages through records, each once, while others are written", async () => {
    for (const id of ["k1", "k2", "k3", "k4", "k5"]) await put(id);
    expect(await ids(2, (page) => put(`a${page}`))).toEqual(["k1", "k2", "k3", "k4", "k5"]);
  });

  it("leaves tombstones out of lists and keeps them under their key", async () => {
    for (const id of ["k1", "k2", "k3"]) await put(id);
    await put("k2", "deleted");
    expect(await ids(1)).toEqual(["k1", "k3"]);
    expect(await current().records.record(makeKey({ id: "k2" }))).toMatchObject({ deleted: true, revision: 2 });
  });

  it("has nothing in a module without records", async () => {
    expect(await current().records.records("default", "invoices", FIRST_PAGE)).toEqual({ data: [], nextCursor: null });
  });
}
