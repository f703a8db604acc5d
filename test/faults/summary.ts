import { isSpent } from "./invariants/runs.ts";
import type { Observed } from "./invariants.ts";
import type { Ledger } from "./ledger.ts";

/** How much happened, for whoever reads the log of a test. */
export function summaryOf({ events, runs }: Ledger, { acknowledged, webhooks, mails }: Observed): string {
  const attempts = runs.flatMap((run) => run.attempts);
  return [
    `${events.length} events stored and ${acknowledged.size} of them sent`,
    `${runs.length} runs`,
    `${webhooks.size} webhooks and ${arrivals(webhooks) - webhooks.size} of them again`,
    `${mails.size} mails and ${arrivals(mails) - mails.size} again`,
    `${attempts.filter(({ outcome }) => outcome === "lost").length} attempts lost`,
    `${runs.filter(isSpent).length} runs with all of theirs`,
    `${attempts.filter(({ outcome }) => outcome === "failed").length} failed and tried again`,
    `${runs.filter(({ reason }) => reason === "quotaExceeded").length} runs over the quota`,
  ].join(", ");
}

function arrivals(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, times) => sum + times, 0);
}
