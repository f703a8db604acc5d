import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { Cycle } from "../model/rule.ts";
import { jsonCopy } from "./json-copy.ts";

/**
 * What a date rule looks for among the host's records: those whose date in `field`, repeated by `cycle`, lies from `from` to before `to` (days,
 * YYYY-MM-DD). Repeated, a day that a month does not have is its last: with that come those behind it, such as 29 February or the 31st.
 */
export type DateQuery = {
  readonly module: string;
  readonly field: string;
  readonly from: string;
  readonly to: string;
  readonly cycle: Cycle;
};

/** The embedding program's own records (contract, section 5). Modules come by their names, never by an alias. Each call has 10 s. */
export type HostRecords = {
  /** One record as it is now; null or undefined: there is none. */
  get(module: string, id: string): object | null | undefined | PromiseLike<object | null | undefined>;
  /**
   * Sets these top-level keys. Called at least once for a run: `runId` is the idempotency key, so what was done under it before is to be
   * left alone. Must not be emitted back: Rulewright makes the edit's event itself.
   */
  update(module: string, id: string, changes: JsonObject, about: { readonly runId: string }): unknown;
  /**
   * For date based rules: the records whose date falls into the days asked for; a few more do no harm, each is looked at. Without it a rule
   * knows the records that events have brought.
   */
  findByDate?(query: DateQuery): readonly object[] | PromiseLike<readonly object[]>;
};

/** The host's records as the engine uses them: only JSON comes in and goes out, and nothing hangs. @throws HostRecordsError */
export type HostAccess = {
  get(module: string, id: string): Promise<JsonObject | null>;
  update(module: string, id: string, changes: JsonObject, runId: string): Promise<void>;
  /** Does the host find records by their dates itself? */
  readonly findsByDate: boolean;
  findByDate(query: DateQuery): Promise<readonly JsonObject[]>;
};

/** A function of the host failed or took too long. The attempt that needed it fails with this message, and is no defect of ours. */
export class HostRecordsError extends Error {
  override readonly name = "HostRecordsError";
}

/** As an outgoing call. */
const TIME_LIMIT_MS = 10_000;

export function createHostAccess(host: HostRecords, timeLimitMs: number = TIME_LIMIT_MS): HostAccess {
  async function call(name: HostCall, work: () => unknown): Promise<Json | undefined> {
    try {
      return jsonCopy(await inTime(work, timeLimitMs));
    } catch (cause) {
      throw new HostRecordsError(failure(name, cause instanceof Error ? cause.message : String(cause)), { cause });
    }
  }
  return {
    async get(module, id) {
      const record = await call("get", () => host.get(module, id));
      if (record === undefined || record === null) return null;
      if (!isJsonObject(record))
        throw new HostRecordsError(failure("get", `expected a JSON object or null, got ${JSON.stringify(record)}`));
      return record;
    },
    async update(module, id, changes, runId) {
      // What an update answers is nobody's business; it need not be JSON.
      await call("update", async () => void (await host.update(module, id, structuredClone(changes), { runId })));
    },
    findsByDate: host.findByDate !== undefined,
    async findByDate(query) {
      const records = await call("findByDate", () => host.findByDate?.({ ...query }));
      if (!Array.isArray(records) || !records.every(isJsonObject))
        throw new HostRecordsError(failure("findByDate", `expected a list of JSON objects, got ${JSON.stringify(records)?.slice(0, 100)}`));
      return records;
    },
  };
}

type HostCall = "get" | "update" | "findByDate";

function failure(name: HostCall, message: string): string {
  return `the host's records.${name} failed: ${message}`.slice(0, 1000);
}

/** Nothing can stop the host's code; what it answers after its time is not looked at. */
async function inTime(work: () => unknown, ms: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([(async () => work())(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Did this attempt fail before it could look at the record, so that nothing has begun yet? */
export function couldNotLook({ error }: { readonly error: string | null }): boolean {
  return error?.startsWith(failure("get", "")) ?? false;
}
