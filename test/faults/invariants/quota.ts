import type { QuotaType } from "../../../src/model/action-type.ts";
import type { Store } from "../../../src/store/store.ts";
import type { Observed } from "../invariants.ts";
import type { Ledger } from "../ledger.ts";
import { faultsOf, groupBy } from "./faults.ts";

const TYPES: readonly QuotaType[] = ["emailAlert", "webhook", "customFunction"];

/** Each day's counter is the number of runs that started on it, never over the limit; a run was refused only where the day was full. */
export async function quotaFaults(store: Store, { runs }: Ledger, { organization, limits }: Observed): Promise<readonly string[]> {
  const faults: string[] = [];
  const days = groupBy(
    runs.filter(({ quotaDay }) => quotaDay !== null),
    ({ quotaDay }) => quotaDay ?? "",
  );
  for (const [day, started] of days) {
    const usage = await store.runs.usage(organization, day);
    for (const type of TYPES) {
      const counted = started.filter(({ action }) => action.type === type).length;
      const limit = limits[type] ?? Infinity;
      if (usage[type] !== counted) faults.push(`${usage[type]} starts of type ${type} are counted on ${day}, and ${counted} runs started`);
      if (counted > limit) faults.push(`${counted} runs of type ${type} started on ${day}, and ${limit} are allowed`);
    }
  }
  const refused = runs.filter(({ reason }) => reason === "quotaExceeded");
  for (const type of TYPES) {
    const own = refused.filter(({ action }) => action.type === type);
    const most = Math.max(0, ...[...days.values()].map((started) => started.filter(({ action }) => action.type === type).length));
    if (own.length > 0 && most < (limits[type] ?? Infinity))
      faults.push(`${own.length} runs of type ${type} were refused, and only ${most} of ${limits[type] ?? "its"} starts were taken`);
  }
  const started = refused.filter(({ quotaDay, attempts }) => quotaDay !== null || attempts.some(({ outcome }) => outcome !== "lost"));
  return faultsOf([...faults, ...started.map(({ id }) => `run ${id} was refused for the quota and had started`)]);
}
