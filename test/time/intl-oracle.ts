const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone);
  if (found === undefined) {
    found = new Intl.DateTimeFormat("en-US-u-hc-h23", {
      timeZone: zone,
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, found);
  }
  return found;
}

const known = new Map<string, number>();

/** What clocks in the zone show at an instant, as the ms it would be in UTC, by the platform's own zone data. */
export function wallByIntl(ms: number, zone: string): number {
  const key = `${ms} ${zone}`;
  const wall = known.get(key) ?? readWall(ms, zone);
  if (known.size < 100_000) known.set(key, wall);
  return wall;
}

function readWall(ms: number, zone: string): number {
  const parts = Object.fromEntries(
    format(zone)
      .formatToParts(ms)
      .map((part) => [part.type, Number(part.value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((ms % 1000) + 1000) % 1000);
}

/** The earlier instant that shows this wall time; in a gap the one that the clock before the gap would have had. */
export function instantByIntl(wall: number, zone: string): number {
  const dayMs = 86_400_000;
  const before = wall - (wallByIntl(wall - dayMs, zone) - (wall - dayMs));
  const after = wall - (wallByIntl(wall + dayMs, zone) - (wall + dayMs));
  const shown = [before, after].filter((instant) => wallByIntl(instant, zone) === wall);
  return shown.length === 0 ? before : Math.min(...shown);
}
