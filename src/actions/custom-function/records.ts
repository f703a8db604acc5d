import type { FunctionRecords } from "../action.ts";

/** The record store for as long as the function may run: one that is late changes nothing any more. */
export function guardRecords(records: FunctionRecords, signal: AbortSignal): FunctionRecords {
  const inTime = async <T>(work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    return work();
  };
  return {
    get: (module, id) => inTime(() => records.get(module, id)),
    query: (module, filters) => inTime(() => records.query(module, filters)),
    create: (module, record) => inTime(() => records.create(module, record)),
    update: (module, id, changes) => inTime(() => records.update(module, id, changes)),
  };
}
