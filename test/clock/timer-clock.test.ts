import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WakeUps } from "../../src/clock/clock.ts";
import { systemClock, timerWakeUps } from "../../src/clock/timer/timer-clock.ts";

const START = Date.parse("2026-11-20T09:00:00.000Z");
const LONGEST_MS = 2 ** 31 - 1;

let woken: number[];
let wakeUps: WakeUps;
beforeEach(() => {
  vi.useFakeTimers({ now: START });
  woken = [];
  wakeUps = timerWakeUps(systemClock());
  wakeUps.start(() => void woken.push(Date.now() - START));
});
afterEach(() => vi.useRealTimers());

it("the machine's clock is as far ahead as it is told at that moment", () => {
  let ahead = 5000;
  const clock = systemClock(() => ahead);
  expect(clock.now()).toBe(START + 5000);
  ahead = -2500;
  expect(clock.now()).toBe(START - 2500);
  const own = timerWakeUps(clock);
  own.start(() => void woken.push(Date.now() - START));
  own.at(START);
  vi.advanceTimersByTime(2499);
  expect(woken).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(woken).toEqual([2500]);
});

describe("timerWakeUps", () => {
  it.each([
    ["asked for last", [3000, 1000]],
    ["asked for first", [1000, 3000]],
    ["between later ones", [3000, 1000, 2000]],
    ["asked for twice", [1000, 1000]],
  ])("wakes once, at the earliest instant: %s", (_what, instants) => {
    for (const ms of instants) wakeUps.at(START + ms);
    vi.advanceTimersByTime(999);
    expect(woken).toEqual([]);
    vi.advanceTimersByTime(10_000);
    expect(woken).toEqual([1000]);
  });

  it.each([0, -5000])("wakes at once for an instant %i ms from now", (ms) => {
    wakeUps.at(START + ms);
    vi.advanceTimersByTime(1);
    expect(woken).toHaveLength(1);
  });

  it("can be asked again once it has woken, for a later instant too", () => {
    wakeUps.at(START + 1000);
    vi.advanceTimersByTime(1000);
    wakeUps.at(START + 3000);
    vi.advanceTimersByTime(1000);
    wakeUps.at(START + 2500);
    vi.advanceTimersByTime(10_000);
    expect(woken).toEqual([1000, 2500]);
  });

  it("can be asked by the one it wakes", () => {
    wakeUps.start(() => {
      woken.push(Date.now() - START);
      if (woken.length < 3) wakeUps.at(Date.now() + 700);
    });
    wakeUps.at(START + 700);
    vi.advanceTimersByTime(10_000);
    expect(woken).toEqual([700, 1400, 2100]);
  });

  it("wakes early, not at once and not never, for what is further away than a timer of Node reaches", () => {
    const due = START + LONGEST_MS + 5000;
    wakeUps.start(() => {
      woken.push(Date.now() - START);
      if (Date.now() < due) wakeUps.at(due);
    });
    wakeUps.at(due);
    vi.advanceTimersByTime(LONGEST_MS - 1);
    expect(woken).toEqual([]);
    vi.advanceTimersByTime(5001);
    expect(woken).toEqual([LONGEST_MS, LONGEST_MS + 5000]);
  });

  it("prefers a near instant to one beyond Node's reach", () => {
    wakeUps.at(START + 2 * LONGEST_MS);
    wakeUps.at(START + 1000);
    vi.advanceTimersByTime(1000);
    expect(woken).toEqual([1000]);
  });

  it("wakes nobody once stopped, whatever is asked afterwards", async () => {
    wakeUps.at(START + 1000);
    await wakeUps.stop();
    expect(vi.getTimerCount()).toBe(0);
    wakeUps.at(START + 500);
    vi.advanceTimersByTime(10_000);
    expect(woken).toEqual([]);
  });
});

describe("systemClock", () => {
  it("tells the machine's time and calls a task until it is told to stop", () => {
    const clock = systemClock();
    const stop = clock.every(1000, () => void woken.push(clock.now() - START));
    vi.advanceTimersByTime(2500);
    stop();
    vi.advanceTimersByTime(5000);
    expect(woken).toEqual([1000, 2000]);
    expect(clock.now()).toBe(START + 7500);
  });
});
