import { afterEach, expect, it, vi } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { faultyStore } from "../support/faulty-store.ts";
import { paid, testServer } from "./support.ts";

afterEach(() => vi.restoreAllMocks());

it("logs what was slow, and not what a store that is away cannot answer", async () => {
  const faulty = faultyStore(openSqliteStore(":memory:"));
  const server = await testServer({ store: faulty.store });
  let now = performance.now();
  // Whoever looks twice sees seconds go by.
  vi.spyOn(performance, "now").mockImplementation(() => (now += 1_500));
  expect((await server.send("GET", "/v1/usage")).status).toBe(200);
  expect(server.logged).toMatchObject([{ message: "slow request", details: { url: "/v1/usage", status: 200 } }]);
  faulty.goAway();
  expect((await server.send("GET", "/readyz")).status).toBe(503);
  expect((await server.send("POST", "/v1/events", paid("1"))).status).toBe(503);
  expect(server.logged.filter(({ message }) => message === "slow request")).toHaveLength(1);
  await server.close();
});
