const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Ms between one attempt and the next, by Standard Webhooks' example: with the first, 10 attempts over 75 h 35 min 5 s. */
const DELAYS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR] as const;

/** As long as the longest wait of our own: a receiver cannot park a run for ever. */
const MOST_RETRY_AFTER_MS = 24 * HOUR;

/** Ms to wait after the attempt of that number (1 for the first) failed. No jitter: the same run has the same due times wherever it runs. */
export function delayAfter(attempt: number): number {
  return DELAYS[Math.max(attempt, 1) - 1] ?? DELAYS[DELAYS.length - 1] ?? 0;
}

/** A Retry-After header (seconds, or an HTTP date) as ms from now, at most 24 h; undefined where it says neither. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const ms = /^\d+$/.test(text) ? Number(text) * SECOND : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MOST_RETRY_AFTER_MS);
}
