import { describe, expect, it } from "vitest";
import { delayAfter, retryAfterMs } from "../../../src/actions/webhook/retry.ts";

it("ten attempts span 75 h 35 min 5 s", () => {
  const delays = Array.from({ length: 9 }, (_, index) => delayAfter(index + 1));
  expect(delays.map((ms) => ms / 60_000)).toEqual([5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440]);
  expect(delays.reduce((sum, ms) => sum + ms, 0)).toBe(((75 * 60 + 35) * 60 + 5) * 1000);
});

it("attempts asked for by a person wait no longer than the longest", () => {
  expect([delayAfter(10), delayAfter(99)]).toEqual([86_400_000, 86_400_000]);
});

describe("Retry-After", () => {
  const now = Date.parse("2026-11-20T09:00:00Z");
  it.each([
    ["120", 120_000],
    [" 0 ", 0],
    ["86400", 86_400_000],
    ["99999999999", 86_400_000],
    ["Fri, 20 Nov 2026 09:05:00 GMT", 300_000],
    ["Fri, 20 Nov 2026 08:00:00 GMT", 0],
    ["Fri, 20 Nov 2027 09:00:00 GMT", 86_400_000],
    ["soon", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%j is %j ms", (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
