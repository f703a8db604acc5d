import { DEFAULT_ORGANIZATION, type Application } from "../../compose.ts";
import { readConfig } from "../../config.ts";
import type { Calendar, Upcoming } from "../../engine/upcoming/upcoming.ts";
import { RulewrightError } from "../../model/errors.ts";
import type { Io } from "../io.ts";
import { openFolder } from "../open-folder.ts";
import { openStore } from "../open-store.ts";
import { createPaint } from "../paint.ts";
import { printableText } from "../printable.ts";
import { calendarInWords, type Surroundings } from "./words.ts";

export type UpcomingFlags = { readonly days?: string; readonly store?: string; readonly rules?: string; readonly json?: boolean };

/** As many as `GET /v1/upcoming` gives. */
const MOST = 200;
const MOST_DAYS = 366;

/** `rulewright upcoming`: what a store will run, when, for which record and by which rule. Changes nothing. */
export async function upcomingCommand(flags: UpcomingFlags, io: Io): Promise<number> {
  const days = readDays(flags.days ?? "7");
  const app = await open(flags, io);
  try {
    const calendar = await app.engine.upcoming(DEFAULT_ORGANIZATION, days, MOST);
    if (flags.json) io.out(`${JSON.stringify(calendar)}\n`);
    else io.out(calendarInWords(calendar, await surroundings(app, calendar, days, flags.rules), createPaint(io.colours)));
    return 0;
  } finally {
    await app.close(0);
  }
}

async function open({ store, rules }: UpcomingFlags, { env }: Pick<Io, "env">): Promise<Application> {
  if (store !== undefined && rules !== undefined)
    throw mistake("--store and --rules cannot go together: a store has rules of its own, and a folder has no records");
  const config = readConfig(env, { logLevel: "warn", ...(store !== undefined && { store }), ...(rules !== undefined && { rules }) });
  if (rules === undefined) return openStore(config);
  const app = await openFolder(config);
  await app.engine.idle();
  return app;
}

async function surroundings(
  { engine, clock }: Application,
  { data, cutAt }: Calendar,
  days: number,
  folder: string | undefined,
): Promise<Surroundings> {
  const isEmpty = data.length === 0 && cutAt === null;
  const ahead = isEmpty && days < MOST_DAYS ? await engine.upcoming(DEFAULT_ORGANIZATION, MOST_DAYS, 1) : null;
  const modules = new Map(engine.settings.modules(DEFAULT_ORGANIZATION).map(({ name, singular }) => [name, singular]));
  return {
    days,
    now: clock.now(),
    zone: engine.settings.organization(DEFAULT_ORGANIZATION).timeZone,
    titleOf: ({ module, record }: Upcoming) => (record === null ? "" : `${modules.get(module) ?? module} ${printableText(record)}`),
    next: ahead?.data[0] ?? null,
    folder: folder ?? null,
  };
}

function readDays(text: string): number {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  if (days >= 1 && days <= MOST_DAYS) return days;
  throw mistake(`--days: expected a whole number from 1 to ${MOST_DAYS}, got "${text}"`);
}

function mistake(message: string): RulewrightError {
  return new RulewrightError("validation_failed", message);
}
