import { parseMoment } from "../../criteria/moment.ts";
import { dayText } from "../../time/zone.ts";

export type DateSettings = { readonly format: string; readonly languageCode: string; readonly zone: string };

const TOKENS = /'[^']*'|y+|M+|d+|E+|H+|m+/g;

/**
 * A date, or the day of an instant in the organization's zone, by Zoho's date formats, which are Java's letters:
 * d dd, M MM MMM MMMM, yy yyyy, EEE EEEE, HH mm (00:00 of a plain date), text in single quotes. What is no date stays as it is.
 */
export function formatDate(text: string, { format, languageCode, zone }: DateSettings): string {
  const moment = parseMoment(text, zone);
  if (moment === null) return text;
  const [year = "", month = "", day = ""] = dayText(moment.day).split("-");
  return format.replace(TOKENS, (token) => {
    if (token.startsWith("y")) return token.length === 2 ? year.slice(-2) : year;
    if (token.startsWith("M") && token.length > 2) return named(moment.day, languageCode, { month: width(token) });
    if (token.startsWith("M")) return token.length === 2 ? month : String(Number(month));
    if (token.startsWith("d")) return token.length > 1 ? day : String(Number(day));
    if (token.startsWith("H") || token.startsWith("m")) return clock(moment.ms, zone, token.startsWith("H") ? "hour" : "minute");
    return token.startsWith("E") ? named(moment.day, languageCode, { weekday: width(token) }) : token.slice(1, -1);
  });
}

function width(token: string): "long" | "short" {
  return token.length > 3 ? "long" : "short";
}

/** Two digits of the wall time in a zone. */
function clock(ms: number | null, zone: string, part: "hour" | "minute"): string {
  if (ms === null) return "00";
  const parts = formatter("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).formatToParts(ms);
  return parts.find(({ type }) => type === part)?.value ?? "";
}

/** The name of a month or weekday; in English where the language has none here. */
function named(day: number, languageCode: string, style: Intl.DateTimeFormatOptions): string {
  return formatter(languageCode, { ...style, timeZone: "UTC", calendar: "gregory" }).format(day * 86_400_000);
}

const formatters = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATTERS = 100;

/** Kept, because making one takes longer than all of a mail. */
function formatter(languageCode: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${languageCode} ${JSON.stringify(options)}`;
  let known = formatters.get(key);
  if (!known) {
    if (formatters.size >= MAX_FORMATTERS) formatters.clear();
    formatters.set(key, (known = make(languageCode, options)));
  }
  return known;
}

function make(languageCode: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(languageCode.replaceAll("_", "-"), options);
  } catch {
    return new Intl.DateTimeFormat("en", options);
  }
}
