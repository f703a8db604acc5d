const DAY_MS = 86_400_000;

/** What the platform's own zone data says of a zone, and the answers it gave lately. */
type Clock = { readonly format: Intl.DateTimeFormat; readonly known: Map<number, number> };

const clocks = new Map<string, Clock>();

function clockOf(zone: string): Clock {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    const format = new Intl.DateTimeFormat("en-US-u-hc-h23", {
      timeZone: zone,
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    clocks.set(zone, (clock = { format, known: new Map() }));
  }
  return clock;
}

/** What clocks in the zone show at an instant, as the ms it would be in UTC, by the platform's own zone data. */
export function wallByIntl(ms: number, zone: string): number {
  const { format, known } = clockOf(zone);
  let wall = known.get(ms);
  if (wall === undefined) {
    wall = readWall(ms, format);
    if (known.size >= 1000) known.clear();
    known.set(ms, wall);
  }
  return wall;
}

/** The text is `11/27/2026, 23:45:22`; its parts would be the same but take four times as long. */
function readWall(ms: number, format: Intl.DateTimeFormat): number {
  const [month = NaN, day, year = NaN, hour, minute, second] = (format.format(ms).match(/\d+/g) ?? []).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((ms % 1000) + 1000) % 1000);
}

function offsetByIntl(ms: number, zone: string): number {
  return wallByIntl(ms, zone) - ms;
}

/** The earlier instant that shows this wall time; in a gap the one that the clock before the gap would have had. */
export function instantByIntl(wall: number, zone: string): number {
  const before = wall - offsetByIntl(wall - DAY_MS, zone);
  const after = wall - offsetByIntl(wall + DAY_MS, zone);
  const shown = [before, after].filter((instant) => wallByIntl(instant, zone) === wall);
  return shown.length === 0 ? before : Math.min(...shown);
}

/** The first instant that shows the day (counted from 1970-01-01) or, where the zone skipped it, a later one. */
export function firstInstantByIntl(day: number, zone: string): number {
  const midnight = day * DAY_MS;
  const before = midnight - offsetByIntl(midnight - DAY_MS, zone);
  const after = midnight - offsetByIntl(midnight + DAY_MS, zone);
  const change = changeByIntl(midnight - DAY_MS, midnight + DAY_MS, zone);
  const begins = (ms: number): boolean => wallByIntl(ms, zone) >= midnight && wallByIntl(ms - 1, zone) < midnight;
  return Math.min(...[before, after, ...(change === null ? [] : [change])].filter(begins));
}

/** The first instant of another offset, to the second, between two that have different ones; null where they have the same. */
export function changeByIntl(from: number, to: number, zone: string): number | null {
  const offset = offsetByIntl(from, zone);
  if (offsetByIntl(to, zone) === offset) return null;
  let low = Math.floor(from / 1000);
  let high = Math.ceil(to / 1000);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetByIntl(middle * 1000, zone) === offset) low = middle;
    else high = middle;
  }
  return high * 1000;
}
