import type { Clock } from "../../clock/clock.ts";
import type { Store } from "../../store/store.ts";
import type { Definitions } from "../definitions/definitions.ts";
import type { HostAccess } from "../host-records.ts";
import type { Intake } from "../intake.ts";
import type { Turns } from "../turns.ts";
import type { Recent } from "./recent.ts";

/** What following a date rule takes. */
export type FollowDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly host: HostAccess | null;
  readonly turns: Turns;
  readonly recent: Recent;
  intake(): Intake;
};
