import type { Store } from "../../src/store/store.ts";
import { manualClock, type ManualClock } from "../support/manual-clock.ts";
import { countPoints, type Fault, type FaultPoints, type Kind, type Point } from "./ambiguous-faults.ts";
import { playToTheEnd, prepare, type Scenario } from "./ambiguous-scenario.ts";
import { startSubject, type Opened } from "./ambiguous-subject.ts";

/** Where a store is tried again and again, each time empty. */
export type Lane = {
  prepare(): Promise<{
    /** Looks at it from outside, without faults. */
    readonly reader: Store;
    /** Opens it for one process. */
    open(points: FaultPoints, kind: Kind | null, clock: ManualClock): Promise<Opened>;
    close(): Promise<void>;
  }>;
  close(): Promise<void>;
};

export type Swept = {
  /** One line a case that went wrong. */
  readonly violations: readonly string[];
  readonly cases: number;
  /** Cases in which the call did not happen so often. */
  readonly unreached: number;
};

/** A case that hangs is a case that went wrong. A driver whose connections broke may take long to find its server again. */
const CASE_MS = 120_000;
/** More than this says nothing more. */
const MOST_VIOLATIONS = 20;

type Played = { readonly faults: readonly string[]; readonly points: FaultPoints };

/** A scenario once, with one fault in it or none. */
async function play(lane: Lane, scenario: Scenario, fault: Fault | null): Promise<Played> {
  const points = countPoints(fault);
  const clock = manualClock();
  const place = await lane.prepare();
  try {
    const subject = await startSubject(clock, () => place.open(points, fault?.kind ?? null, clock), prepare);
    try {
      return { faults: await playToTheEnd(scenario, subject, place.reader, points.stop), points };
    } finally {
      await subject.close();
    }
  } finally {
    await place.close();
  }
}

/** The scenario with each of these faults. Lanes work beside each other: most of a case is waiting. */
export async function sweep(lanes: readonly Lane[], scenario: Scenario, faults: readonly Fault[]): Promise<Swept> {
  const left = [...faults];
  const found: string[] = [];
  let [cases, unreached] = [0, 0];

  async function work(lane: Lane): Promise<void> {
    for (let fault = left.shift(); fault && found.length < MOST_VIOLATIONS; fault = left.shift()) {
      const what = `${fault.kind} at ${fault.call} ${fault.nth}`;
      cases += 1;
      try {
        const { faults: wrong, points } = await within(CASE_MS, play(lane, scenario, fault));
        if (!points.fired()) unreached += 1;
        if (wrong.length > 0) found.push(`${what}: ${wrong.join("; ")}`);
      } catch (error) {
        found.push(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
    }
  }

  await Promise.all(lanes.map(work));
  return { violations: found, cases, unreached };
}

/** Every call of a scenario without faults. The calls' order varies a little and so does how often some are made: the most of a few runs. */
export async function pointsOf(lane: Lane, scenario: Scenario): Promise<readonly Point[]> {
  const most = new Map<string, number>();
  for (let run = 0; run < 3; run++) {
    const { faults, points } = await play(lane, scenario, null);
    if (faults.length > 0) throw new Error(`without any fault: ${faults.join("; ")}`);
    for (const [call, times] of points.counts) most.set(call, Math.max(times, most.get(call) ?? 0));
  }
  return [...most].flatMap(([call, times]) => Array.from({ length: times }, (_, i) => ({ call, nth: i + 1 })));
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the case did not end within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
