import { describe, expect, it } from "vitest";
import { nearest } from "../../src/model/nearest.ts";

describe("nearest", () => {
  it.each([
    ["conditons", ["criteria", "conditions"], "conditions"],
    ["Total", ["sub_total", "total"], "total"],
    ["dueDate", ["due_date", "date"], "due_date"],
    ["webhok", ["Webhook"], "Webhook"],
    ["tpye", ["type", "tape"], "type"],
    ["emial", ["email", "emit"], "email"],
    ["customer", ["vendor", "status"], null],
    ["id", ["total", "date"], null],
    ["x", [], null],
    ["status", ["stat", "status"], "status"],
  ])("%s among %j is %s", (name, candidates, expected) => {
    expect(nearest(name, candidates)).toBe(expected);
  });

  it("takes the first of equally near names", () => {
    expect(nearest("cat", ["bat", "hat"])).toBe("bat");
  });

  it("answers at once for a very long name", () => {
    expect(nearest("x".repeat(1_000_000), ["total"])).toBeNull();
  });
});
