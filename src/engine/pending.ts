import type { Clock } from "../clock/clock.ts";
import { placedAnew, type Placed } from "../decide/moves.ts";
import type { JsonObject } from "../model/json.ts";
import { dateFieldOf, type ActionRun, type RunTiming } from "../model/run.ts";
import type { Store } from "../store/store.ts";
import type { Definitions } from "./definitions/definitions.ts";
import type { HostAccess } from "./host-records.ts";
import type { Logger } from "./log.ts";
import { isSuperseded } from "./superseded.ts";

export type PendingDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly host: HostAccess | null;
  readonly log: Logger;
  /** Resolves once what follows from the events that are on their way in is written. */
  recorded(): Promise<void>;
  /** Something is due at that instant. */
  wakeAt(instant: number): void;
};

/** Runs that wait for their time, where no event of their record says that it is another now. */
export type Pending = {
  /** A run was put off again because its time had not come: the record may have changed while it was looked at. Never rejects. */
  lookAgain(run: ActionRun, dueAt: number | null): Promise<void>;
  /** Reckons anew what was reckoned in a zone that is not the organization's any more. */
  followZones(): Promise<void>;
};

/** Moved in one go. */
const BATCH = 200;
/** Another process may have planned by the zone of before for a moment, so each organization is looked at again this often. */
const AGAIN_MS = 60_000;

export function createPending({ store, clock, definitions, host, log, recorded, wakeAt }: PendingDeps): Pending {
  const looked = new Map<string, { readonly zone: string; readonly at: number }>();

  async function recordOf({ organization, module, record: id, timing }: ActionRun): Promise<JsonObject | null> {
    if (dateFieldOf(timing) === null) return {};
    if (host) return host.get(module, id);
    const stored = await store.records.record({ organization, module, id });
    return stored && !stored.deleted ? stored.body : null;
  }

  /** Null where it stays as it is; whatever becomes of a record that is gone, its event says. */
  async function placeOf(run: ActionRun, timing: RunTiming, dueAt: number | null): Promise<Placed | null> {
    const { organization, modulesOfRuns } = definitions.current(run.organization);
    const module = modulesOfRuns.get(run.module);
    const record = await recordOf(run);
    return module && record ? placedAnew({ dueAt, timing }, record, { module, zone: organization.timeZone }, clock.now()) : null;
  }

  async function move(run: ActionRun, dueAt: number | null): Promise<boolean> {
    const to = run.timing && (await placeOf(run, run.timing, dueAt));
    if (!to || !(await store.runs.move(run.organization, { run: run.id, from: dueAt, to }))) return false;
    if (to.status === "scheduled" && to.dueAt !== null) wakeAt(to.dueAt);
    return true;
  }

  async function giveWay({ organization, id }: ActionRun, dueAt: number | null): Promise<void> {
    const to = { status: "skipped", reason: "superseded", at: clock.now() } as const;
    await store.runs.move(organization, { run: id, from: dueAt, to });
  }

  async function followZone(organization: string, zone: string): Promise<void> {
    for (;;) {
      const runs = await store.runs.ofOtherZone(organization, zone, BATCH);
      const moved = await Promise.all(runs.map((run) => move(run, run.dueAt)));
      // What nobody can move, such as the run of a record that is gone, stays for the sweep that ends it.
      if (runs.length < BATCH || !moved.some(Boolean)) return;
    }
  }

  return {
    async lookAgain(run, dueAt) {
      if (dateFieldOf(run.timing) === null) return;
      try {
        // An edit may have been decided while the run was nobody's to move, and its record not be written yet.
        await recorded();
        if (await isSuperseded(store.runs, run)) await giveWay(run, dueAt);
        else await move(run, dueAt);
      } catch (error) {
        log.warn({ err: error, run: run.id }, "the record of a run that waits could not be looked at again; it is when the run is due");
      }
    },
    async followZones() {
      for (const organization of definitions.organizations()) {
        const zone = definitions.current(organization).organization.timeZone;
        const before = looked.get(organization);
        const now = clock.now();
        if (before?.zone === zone && now - before.at < AGAIN_MS && now >= before.at) continue;
        await followZone(organization, zone);
        looked.set(organization, { zone, at: now });
      }
    },
  };
}
