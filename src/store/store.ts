import type { DefinitionStore } from "./definitions.ts";
import type { EventLedger } from "./events.ts";
import type { KeyStore } from "./keys.ts";
import type { NotificationStore } from "./notifications.ts";
import type { RecordStore } from "./records.ts";
import type { RunLedger } from "./runs.ts";

/**
 * The ledger: everything that must survive a crash. A few small interfaces by theme; `test/contract` says what each promises,
 * docs/design.md sketches each operation for MongoDB. A promise resolves when its effect is durable.
 */
export type Store = {
  readonly events: EventLedger;
  readonly runs: RunLedger;
  readonly records: RecordStore;
  readonly definitions: DefinitionStore;
  readonly keys: KeyStore;
  readonly notifications: NotificationStore;
  /** Resolves when the store answers; for `readyz`. */
  ping(): Promise<void>;
  /** Waits for writes under way, then lets go of the database. Idempotent. */
  close(): Promise<void>;
};
