import type { ActionType, QuotaType } from "../model/action-type.ts";
import type { ActionRun, Attempt, Execution, RunReason, RunStatus, TerminalStatus } from "../model/run.ts";
import type { Json } from "../model/json.ts";
import type { Page, PageRequest } from "./page.ts";

/** A claimed run as its worker must name it: the token fences everyone who claimed it before. An `ActionRun` is one. */
export type Claim = Pick<ActionRun, "organization" | "id" | "token" | "action">;

/** `lost`: the worker that held it before stopped without settling; the attempt it lost is the run's last. */
export type Claimed = { readonly run: ActionRun; readonly lost: boolean };

export type ClaimRequest = {
  /** ms; due times and leases are compared with it. */
  readonly now: number;
  readonly leaseUntil: number;
  /** Free slots by action type; never more is claimed. */
  readonly slots: Readonly<Record<ActionType, number>>;
};

/** What a run takes from its organization's day: one of at most `limit` starts of its type. */
export type QuotaRequest = {
  readonly type: QuotaType;
  /** The organization's calendar day, YYYY-MM-DD. */
  readonly day: string;
  readonly limit: number;
  /** Over quota: due again then instead of skipped; null: skipped. */
  readonly deferUntil: number | null;
};

/** How a claimed run goes on. */
export type Settlement = {
  readonly status: TerminalStatus | "retrying" | "scheduled";
  readonly reason: RunReason | null;
  /** When it is due again; null where terminal. */
  readonly dueAt: number | null;
  /** Null where nothing was attempted (skipped before the start). */
  readonly attempt: Attempt | null;
  /** Kept for the next attempt; left as it is when absent. */
  readonly frozen?: Json;
  readonly at: number;
};

/** Another due time for a run that has not started and is due as `from` says (ms; null: it waits without). Where it is not so any more, nothing happens. */
export type Move = {
  readonly run: string;
  readonly from: number | null;
  readonly to:
    | {
        readonly status: "scheduled";
        readonly reason: "dateEmpty" | null;
        readonly dueAt: number | null;
        /** By which it was reckoned. */
        readonly zone: string;
      }
    | { readonly status: "skipped"; readonly reason: "superseded"; readonly at: number }
    /** `dueAt`: what it has missed. */
    | { readonly status: "skipped"; readonly reason: "missed"; readonly dueAt: number; readonly at: number };
};

export type RunFilter = {
  readonly organization: string;
  readonly status?: RunStatus;
  readonly module?: string;
  readonly rule?: string;
  readonly record?: string;
  readonly type?: ActionType;
  readonly event?: string;
  /** ms, inclusive; bound `createdAt`, or `dueAt` where `status` is scheduled. */
  readonly from?: number;
  /** ms, exclusive. */
  readonly to?: number;
};

export type RunLedger = {
  /**
   * Takes due runs (and running ones whose lease ended, whose lost attempt it writes down) for this worker: status `running`, token grown.
   * Never more than the slots, none twice. Oldest due first; where more is due than there are slots, the organizations that have something
   * due share them evenly, so that the backlog of one keeps no other waiting.
   */
  claim(request: ClaimRequest): Promise<readonly Claimed[]>;
  /** Puts the leases off; answers the claims that are no longer held. */
  extend(claims: readonly Claim[], leaseUntil: number): Promise<readonly Claim[]>;
  /** Takes quota for a claimed run, once per run whatever is repeated. Over quota the run is skipped or deferred and `exceeded` comes back; `lost`: the claim is no longer held. */
  takeQuota(claim: Claim, quota: QuotaRequest, now: number): Promise<"granted" | "exceeded" | "lost">;
  /** Writes how an attempt ended, fenced by the token: false where the claim is no longer held. A terminal field update frees the runs that wait for it. */
  settle(claim: Claim, settlement: Settlement): Promise<boolean>;
  /** The earliest instant at which something not yet due becomes due, ms; null where nothing is pending. */
  nextDue(after: number): Promise<number | null>;
  run(organization: string, id: string): Promise<ActionRun | null>;
  /** Newest first; `status: scheduled` in due order. */
  runs(filter: RunFilter, page: PageRequest): Promise<Page<ActionRun>>;
  /** In the order they were planned. */
  runsOfEvent(organization: string, event: string): Promise<readonly ActionRun[]>;
  execution(organization: string, id: string): Promise<Execution | null>;
  /** Newest first; `status` and `type` ask for executions with such a run. */
  executions(filter: RunFilter, page: PageRequest): Promise<Page<Execution>>;
  /** A person asks again: due now and at no other time, counts against the quota again. Only `failed`, `skipped`, `cancelled`, `retrying`; null where it is in another status or unknown. */
  retry(organization: string, id: string, now: number): Promise<ActionRun | null>;
  /** Only what has not started: `scheduled`, `retrying`; null where it is in another status or unknown. */
  cancel(organization: string, id: string, now: number): Promise<ActionRun | null>;
  /** False where the run has started, ended, or is due at another time than the move says. */
  move(organization: string, move: Move): Promise<boolean>;
  /** Runs that have not started and whose due time was reckoned in another zone than this, in no particular order. */
  ofOtherZone(organization: string, zone: string, limit: number): Promise<readonly ActionRun[]>;
  /** Ids of a rule's runs that were planned up to an instant (ms, inclusive) and have not started or wait for a retry; in the order planned. */
  pendingOfRule(organization: string, rule: string, upTo: number, limit: number): Promise<readonly string[]>;
  /** Starts counted on a day of the organization. */
  usage(organization: string, day: string): Promise<Readonly<Record<QuotaType, number>>>;
};
