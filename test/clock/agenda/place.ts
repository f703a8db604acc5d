import type { Recurring, WakeUps } from "../../../src/clock/clock.ts";
import { createAgendaWakeUps } from "../../../src/clock/agenda/agenda-wake-ups.ts";
import type { JobStore } from "../../../src/clock/agenda/job-store.ts";

/** A job as it is stored: what it is for, and whether somebody has it. */
export type StoredJob = {
  readonly name: string;
  readonly at: number | null;
  readonly nextRunAt: number | null;
  readonly isLocked: boolean;
};

/** One store, and how a process comes to its jobs: by connections of its own. */
export type Place = {
  openJobs(): Promise<JobStore>;
  jobs(): Promise<readonly StoredJob[]>;
  deleteJobs(): Promise<void>;
  close(): Promise<void>;
};

/** What is told, a line when something begins to fail and one when it works again. */
export type Told = { readonly lines: readonly string[]; failed(what: string, error: unknown): void; over(what: string): void };

export function told(): Told {
  const lines: string[] = [];
  const failing = new Set<string>();
  return {
    lines,
    failed(what) {
      if (!failing.has(what)) lines.push(`${what} failed`);
      failing.add(what);
    },
    over(what) {
      if (failing.delete(what)) lines.push(`${what} over`);
    },
  };
}

/** A log of things that happen, to be waited for. */
export type Happenings<T> = {
  readonly all: readonly T[];
  add(one: T): void;
  /** Resolves once so many have happened. */
  reached(count: number): Promise<void>;
};

export function happenings<T>(): Happenings<T> {
  const all: T[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  return {
    all,
    add(one) {
      all.push(one);
      for (const { count, resolve } of waiting) if (all.length >= count) resolve();
    },
    reached: (count) => (all.length >= count ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push({ count, resolve }))),
  };
}

/** Real time, in which what a process does now and then it does so many times as often. */
const HASTE = 20;

export const hastyClock = {
  now: Date.now,
  every(ms: number, task: () => void): () => void {
    const timer = setInterval(task, ms / HASTE);
    return () => clearInterval(timer);
  },
};

export type Woken = { readonly who: string; readonly at: number };

/** Wake-ups as one process has them. */
export function startProcess(
  openJobs: () => Promise<JobStore>,
  { who = "one", woken = happenings<Woken>(), recurring = [] as readonly Recurring[], trouble = told(), clock = hastyClock } = {},
): { readonly wakeUps: WakeUps; readonly woken: Happenings<Woken>; readonly trouble: Told } {
  const wakeUps = createAgendaWakeUps({ clock, openJobs });
  wakeUps.start(() => woken.add({ who, at: Date.now() }), recurring, trouble);
  return { wakeUps, woken, trouble };
}
