import type { ManualClock } from "../support/manual-clock.ts";

/** Where something goes wrong: the nth call of that name, which is the same call in each run of a scenario although the calls' order is not. */
export type Point = { readonly call: string; readonly nth: number };

/**
 * What goes wrong there.
 * - `fails`: before anything is done; `timesOut`: it is done and the caller sees a time-out. Whoever calls the driver tries again.
 * - `refused`, `lost`: the same, and so are the further tries: the engine is told.
 * - `late2`, `late9`: done, and the answer comes 2 or 9 s later (a lease is 8 s); `held9`: done 9 s after it was asked for.
 * - `cut`, `cutAnswer`: the connection breaks before the request, or the answer, has passed.
 * - `dies`, `diesAfter`: the process ends before or after it, and another goes on.
 */
export const KINDS = ["fails", "timesOut", "refused", "lost", "late2", "late9", "held9", "cut", "cutAnswer", "dies", "diesAfter"] as const;
export type Kind = (typeof KINDS)[number];
export type Fault = Point & { readonly kind: Kind };

/** Counts the calls by name and says at which of them the fault is. */
export type FaultPoints = {
  /** To be asked once for each call. */
  isAt(call: string): boolean;
  /** How often each was called so far. */
  readonly counts: ReadonlyMap<string, number>;
  /** The point was reached. */
  fired(): boolean;
  /** What is called from now on is not of interest. */
  stop(): void;
};

export function countPoints(fault: Point | null): FaultPoints {
  const counts = new Map<string, number>();
  let fired = false;
  let stopped = false;
  return {
    isAt(call) {
      if (stopped) return false;
      const nth = (counts.get(call) ?? 0) + 1;
      counts.set(call, nth);
      if (fired || fault?.call !== call || fault.nth !== nth) return false;
      fired = true;
      return true;
    },
    counts,
    fired: () => fired,
    stop: () => void (stopped = true),
  };
}

export const LATE_MS: Partial<Readonly<Record<Kind, number>>> = { late2: 2000, late9: 9000, held9: 9000 };

/** The work, late: time passes before it or before its answer, and everybody else goes on meanwhile. */
export async function late<T>(kind: Kind, work: () => Promise<T>, clock: ManualClock, othersQuiet: () => Promise<void>): Promise<T> {
  const done = kind === "held9" ? null : { answer: await work() };
  clock.moveBy(LATE_MS[kind] ?? 0);
  await othersQuiet();
  return done ? done.answer : work();
}
