import type { ActionRun } from "../../../src/model/run.ts";
import type { Store } from "../../../src/store/store.ts";
import type { Observed } from "../invariants.ts";
import type { Ledger } from "../ledger.ts";
import { differences, faultsOf, groupBy } from "./faults.ts";

/** Field updates were done once: each that changed something made one edit, and the records hold what so many updates make of them. */
export async function recordFaults(
  store: Store,
  { events, runs }: Ledger,
  { organization, records }: Observed,
): Promise<readonly string[]> {
  const updates = runs.filter(({ action, status }) => action.type === "fieldUpdate" && status === "succeeded");
  // An edit has its run's id with another prefix.
  const expected = updates.filter(changedSomething).map(({ id }) => id.replace(/^run_/, "evt_"));
  const edits = events.filter(({ origin }) => origin === "fieldUpdate").map(({ id }) => id);
  const { missing, extra } = differences(expected, edits);
  const held: string[] = [];
  for (const { module, id, holds } of records) {
    const body = (await store.records.record({ organization, module, id }))?.body ?? {};
    for (const [field, value] of Object.entries(holds))
      if (body[field] !== value)
        held.push(`${field} of record ${id} is ${JSON.stringify(body[field])}, and its updates make it ${JSON.stringify(value)}`);
  }
  return [
    ...faultsOf(missing.map((id) => `field update of edit ${id} succeeded and its edit is not stored`)),
    ...faultsOf(extra.map((id) => `edit ${id} is stored and no field update that succeeded made it, or it is there twice`)),
    ...faultsOf(held),
  ];
}

function changedSomething({ attempts }: ActionRun): boolean {
  return Object.keys(attempts.at(-1)?.response?.["changes"] ?? {}).length > 0;
}

/** Each user that a run was to tell has its notification once. */
export function notificationFaults({ runs, notifications }: Ledger): readonly string[] {
  const place = (user: string, module: string, record: string): string => `user ${user} about ${module} ${record}`;
  const expected = runs
    .filter(({ action, status }) => action.type === "inAppNotification" && status === "succeeded")
    .flatMap(({ attempts, module, record }) => usersOf(attempts.at(-1)?.response?.["users"]).map((user) => place(user, module, record)));
  const { missing, extra } = differences(
    expected,
    notifications.map(({ user, module, record }) => place(user, module, record)),
  );
  const twice = [...groupBy(notifications, ({ id }) => id)].filter(([, same]) => same.length > 1).map(([id]) => id);
  return [
    ...faultsOf(missing.map((where) => `a run notified ${where} and there is no notification`)),
    ...faultsOf(extra.map((where) => `there is a notification of ${where} and no run that made it, or it is there twice`)),
    ...faultsOf(twice.map((id) => `notification ${id} is listed twice`)),
  ];
}

function usersOf(told: unknown): readonly string[] {
  return Array.isArray(told) ? told.map(String) : [];
}
