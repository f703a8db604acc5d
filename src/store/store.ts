import type { DateIndex } from "./dates.ts";
import type { DefinitionStore } from "./definitions.ts";
import type { EventLedger } from "./events.ts";
import type { KeyStore } from "./keys.ts";
import type { MarkStore } from "./marks.ts";
import type { NotificationStore } from "./notifications.ts";
import type { RecordStore } from "./records.ts";
import type { RetentionStore } from "./retention.ts";
import type { RunLedger } from "./runs.ts";

/**
 * The ledger: everything that must survive a crash. A few small interfaces by theme; `test/contract` says what each promises.
 * A promise resolves when its effect is durable. One that rejects may still have had its effect (the answer was lost on the way): every
 * operation is repeatable, and what it left half done is found by `recover` and by leases that end. Where the store cannot be reached it
 * rejects with a RulewrightError `overloaded`.
 */
export type Store = {
  readonly events: EventLedger;
  readonly runs: RunLedger;
  readonly records: RecordStore;
  readonly dates: DateIndex;
  readonly marks: MarkStore;
  readonly definitions: DefinitionStore;
  readonly keys: KeyStore;
  readonly notifications: NotificationStore;
  readonly retention: RetentionStore;
  /**
   * ms to add to this machine's clock to have the store's, so that due times and leases mean the same to every process that shares it;
   * 0 where the store is on this machine.
   */
  clockOffset(): number;
  /** Resolves when the store answers; for `readyz`. */
  ping(): Promise<void>;
  /** Waits for writes under way, then lets go of the database. Idempotent. */
  close(): Promise<void>;
};
