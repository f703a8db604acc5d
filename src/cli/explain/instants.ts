/** An instant as people of the organization read it, with UTC beside: `2026-12-04 09:00 in Asia/Kolkata (2026-12-04T03:30:00.000Z)`. */
export function instantInWords(iso: string, zone: string): string {
  // Swedish writes dates as ISO 8601 does.
  const wall = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(new Date(iso));
  return zone === "UTC" ? `${wall} UTC` : `${wall} in ${zone} (${iso})`;
}
