import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { systemClock } from "../../../src/clock/system/system-clock.ts";

const START = Date.parse("2026-11-20T09:00:00.000Z");

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

it("is as far ahead of the machine's as it is told at that moment", () => {
  let ahead = 5000;
  const clock = systemClock(() => ahead);
  expect(clock.now()).toBe(START + 5000);
  ahead = -2500;
  expect(clock.now()).toBe(START - 2500);
});

it("calls a task until it is told to stop", () => {
  const clock = systemClock();
  const called: number[] = [];
  const stop = clock.every(1000, () => void called.push(clock.now() - START));
  vi.advanceTimersByTime(2500);
  stop();
  vi.advanceTimersByTime(5000);
  expect(called).toEqual([1000, 2000]);
  expect(clock.now()).toBe(START + 7500);
});
