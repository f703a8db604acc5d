/** What the log says of one thing that was to happen: how it ended or why it waits, and when it was, or is, due (ms). */
export type Line = {
  readonly said: string;
  readonly dueAt: number | null;
  /** Nobody was there any more to do what had been planned in time. */
  readonly wasPlanned?: boolean;
};
export type Log = ReadonlyMap<string, Line>;

/** The nth action of a rule for one of its dates, an event or a tick; 0 where the date came and the rule did not fire. */
export const lineOf = (of: string, n: number): string => `${of} #${n}`;
export const dateId = (rule: string, record: string, anchor: string, k: number): string => `${rule} ${record} ${anchor} ${k}`;
export const tickId = (at: number): string => `tick ${new Date(at).toISOString()}`;

export const WAITS: ReadonlySet<string> = new Set(["scheduled", "dateEmpty"]);

/** Of a date that came: why is what `explain` says. */
export const NOT_FIRED = "notFired";

/** Does a tick count among those after which its schedule expires? */
export function isExecution(line: Pick<Line, "said" | "wasPlanned">): boolean {
  return line.said !== "missed" || line.wasPlanned === true;
}
