const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Ms between one attempt and the next: with the first, 5 attempts over 24 hours. Greylisting asks for minutes, an outage for hours. */
const DELAYS = [MINUTE, 15 * MINUTE, 2 * HOUR, 24 * HOUR - (2 * HOUR + 16 * MINUTE)] as const;

/** Ms to wait after the attempt of that number (1 for the first) failed. */
export function delayAfter(attempt: number): number {
  return DELAYS[attempt - 1] ?? DELAYS[DELAYS.length - 1] ?? 0;
}
