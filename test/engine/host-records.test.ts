import { describe, expect, it } from "vitest";
import { couldNotLook, createHostAccess, HostRecordsError, type HostRecords } from "../../src/engine/host-records.ts";

const host = (more: Partial<HostRecords>): HostRecords => ({ get: () => null, update: () => undefined, ...more });
const never = () => new Promise<never>(() => undefined);

describe("get", () => {
  it.each([
    ["a record", { id: "1", at: new Date(0), none: undefined }, { id: "1", at: "1970-01-01T00:00:00.000Z" }],
    ["null", null, null],
    ["undefined", undefined, null],
  ])("gives %s as JSON holds it", async (_what, answered, expected) => {
    expect(await createHostAccess(host({ get: () => answered })).get("invoices", "1")).toEqual(expected);
  });

  it("gives a copy", async () => {
    const kept = { id: "1", lines: [{ total: 1 }] };
    const got = await createHostAccess(host({ get: async () => kept })).get("invoices", "1");
    kept.lines[0] = { total: 2 };
    expect(got).toEqual({ id: "1", lines: [{ total: 1 }] });
  });

  const circle: { self?: object } = {};
  circle.self = circle;
  it.each([
    [
      "throws",
      {
        get: () => {
          throw new Error("no table");
        },
      },
      "the host's records.get failed: no table",
    ],
    ["rejects with something else", { get: () => Promise.reject("no table") }, "the host's records.get failed: no table"],
    ["hangs", { get: never }, "the host's records.get failed: no answer within 0.02 s"],
    ["answers a list", { get: () => [] }, "the host's records.get failed: expected a JSON object or null, got []"],
    ["answers a circle", { get: () => circle }, "the host's records.get failed: Converting circular structure to JSON"],
  ])("that %s fails in words", async (_what, more, message) => {
    const error: unknown = await createHostAccess(host(more), 20)
      .get("invoices", "1")
      .catch((thrown: unknown) => thrown);
    if (!(error instanceof HostRecordsError)) throw error;
    expect(error.message.split("\n")[0]).toBe(message);
    expect(couldNotLook({ error: error.message })).toBe(true);
  });
});

describe("update", () => {
  it("hands over a copy of the changes, the run's id, and its own object as this", async () => {
    const changes = { address: { city: "Delhi" } };
    class Database {
      readonly told: unknown[] = [];
      get() {
        return null;
      }
      update(...what: readonly unknown[]) {
        this.told.push(what);
        return () => "not JSON";
      }
    }
    const database = new Database();
    await createHostAccess(database).update("contacts", "7", changes, "run_1");
    changes.address.city = "Goa";
    expect(database.told).toEqual([["contacts", "7", { address: { city: "Delhi" } }, { runId: "run_1" }]]);
  });

  it("that hangs or throws fails in words", async () => {
    await expect(createHostAccess(host({ update: never }), 20).update("contacts", "7", {}, "run_1")).rejects.toThrow(
      "the host's records.update failed: no answer within 0.02 s",
    );
    const error: unknown = await createHostAccess(host({ update: () => Promise.reject(new Error("locked")) }))
      .update("contacts", "7", {}, "run_1")
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HostRecordsError);
    expect(couldNotLook({ error: String(error) })).toBe(false);
  });
});
