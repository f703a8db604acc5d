import type { ActionRun } from "../../src/model/run.ts";
import type { NewEvent, NewRun } from "../../src/store/events.ts";
import type { Page, PageRequest } from "../../src/store/page.ts";
import type { ClaimRequest } from "../../src/store/runs.ts";
import type { Store } from "../../src/store/store.ts";
import { makeClaim, makeDecided, makeEvent, makeNewRun } from "../support/make.ts";

/** A store just opened and empty. */
export type OpenedStore = {
  readonly store: Store;
  /** Closes it and opens the same data again. */
  reopen(): Promise<Store>;
  /** Closes whatever is open and throws the data away. */
  dispose(): Promise<void>;
};

/** The store of the running test. */
export type Current = () => Store;

/** Takes an event in with these runs; answers the runs as they were written. */
export async function take(store: Store, event: NewEvent, ...runs: readonly NewRun[]): Promise<readonly ActionRun[]> {
  const intake = await store.events.intake(event, () => makeDecided({ runs }));
  if (intake.status !== "accepted") throw new Error(`${event.id} was not accepted: ${intake.status}`);
  return intake.runs;
}

/** An event with one scheduled run. */
export async function plan(store: Store, id: string, run: Partial<ActionRun> = {}, event: Partial<NewEvent> = {}): Promise<ActionRun> {
  const planned = makeEvent({ id, recordId: `record of ${id}`, ...event });
  return only(await take(store, planned, makeNewRun(planned, run)));
}

/** Claims the one run that is due. */
export async function claimOne(store: Store, request: Partial<ClaimRequest> = {}): Promise<ActionRun> {
  return only(await store.runs.claim(makeClaim(request))).run;
}

/** The stored run, which must be there. */
export async function stored(store: Store, { organization, id }: Pick<ActionRun, "organization" | "id">): Promise<ActionRun> {
  const run = await store.runs.run(organization, id);
  if (!run) throw new Error(`no run ${id}`);
  return run;
}

/** Every row of a list, page by page; `between` happens after each page. */
export async function allPages<T>(
  list: (page: PageRequest) => Promise<Page<T>>,
  limit: number,
  between: (page: number) => Promise<unknown> = async () => undefined,
): Promise<readonly T[]> {
  const rows: T[] = [];
  let cursor: string | null = null;
  let number = 0;
  do {
    const page: Page<T> = await list({ limit, cursor });
    if (page.data.length > limit) throw new Error(`a page of ${limit} holds ${page.data.length}`);
    rows.push(...page.data);
    cursor = page.nextCursor;
    await between((number += 1));
  } while (cursor !== null);
  return rows;
}

export const FIRST_PAGE: PageRequest = { limit: 50, cursor: null };

/** 0 to n - 1. */
export function upTo(n: number): readonly number[] {
  return Array.from({ length: n }, (_, i) => i);
}

function only<T>(all: readonly T[]): T {
  const [one] = all;
  if (one === undefined || all.length > 1) throw new Error(`expected one, got ${all.length}`);
  return one;
}
