import type { Store } from "../../src/store/store.ts";
import { ORGANIZATION, type Call, type TestEngine } from "../support/engine.ts";
import { readLedger } from "./ledger.ts";
import { violations, type Observed } from "./invariants.ts";
import type { Subject } from "./ambiguous-subject.ts";

/** Something of everything that a rule can do, in few calls of the store: each of them will go wrong in each way. */
export type Scenario = {
  readonly name: string;
  /** Asks for everything. */
  play(subject: Subject): Promise<void>;
  /** What must have become of it; `puts` are the ids of the events that are the engine's own. */
  expected(puts: readonly string[]): Omit<Observed, "organization" | "webhooks" | "mails">;
  /** Records that are put once. */
  readonly puts: number;
};

const USERS = ["u0", "u1"];
const NOTIFICATIONS = 40;

/** What the actions do: the first webhook fails, notifications are real, all say what they did. `done`: by processes before this one. */
export function prepare(engine: TestEngine, done: readonly Call[]): void {
  if (!done.some(({ type }) => type === "webhook"))
    engine.answer("tell", { outcome: "failed", error: "HTTP 500", retry: true, response: null });
  for (const name of ["moved", "seen"]) {
    engine.run(name, ({ notify }) => notify(USERS.map((user) => ({ user, title: name, message: "" }))));
    engine.answer(name, ...Array.from({ length: NOTIFICATIONS }, () => ({ outcome: "succeeded" as const, response: { users: USERS } })));
  }
}

/** Sends each until it is acknowledged, all at once. */
export async function send(subject: Subject, events: readonly object[]): Promise<void> {
  const later = { organization: ORGANIZATION, wait: false };
  await Promise.all(events.map((event) => subject.ask(({ engine }) => engine.emitOne(event, later))));
}

/** Events as ids with the rules that fire for them. */
export function firing(events: readonly { readonly id: string }[], ...rules: readonly string[]): [string, readonly string[]][] {
  return events.map(({ id }) => [id, rules]);
}

/**
 * Plays it and lets the clock go on until nothing is left to do.
 * @param onOver everything was asked for and has been done, and what is left of the time only shows that nothing was forgotten.
 * @returns what is wrong in the end; nothing if all is well.
 */
export async function playToTheEnd(
  { play, expected, puts }: Scenario,
  subject: Subject,
  reader: Store,
  onOver: () => void,
): Promise<readonly string[]> {
  await play(subject);
  await untilNothingIsDue(subject, reader);
  onOver();
  subject.clock.moveBy(LEFT_MS);
  await untilNothingIsDue(subject, reader);
  const { events } = await readLedger(reader, ORGANIZATION);
  // Only a record that is put has an event of this origin, whose id nobody else knows.
  const made = events.filter(({ origin }) => origin === "api").map(({ id }) => id);
  const wrong = made.length === puts ? [] : [`${puts} records were put and ${made.length} events tell of it`];
  const seen = { organization: ORGANIZATION, webhooks: times(subject, "webhook"), mails: times(subject, "emailAlert") };
  return [...wrong, ...(await violations(reader, { ...expected(made), ...seen }))];
}

const MOST_STEPS = 60;
/** Longer than what is left half stored is left to whoever began it. */
const LEFT_MS = 6000;

async function untilNothingIsDue({ clock, quiet }: Subject, reader: Store): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step++) {
    await quiet();
    const due = await reader.runs.nextDue(0);
    const edits = await reader.records.outbox(1);
    if (due === null && edits.length === 0) return;
    const running = await reader.runs.runs({ organization: ORGANIZATION, status: "running" }, { limit: 1, cursor: null });
    const soon = clock.now() + 1000;
    clock.moveTo(running.data.length > 0 || edits.length > 0 || due === null ? soon : Math.max(soon, due));
  }
}

/** How often an action was done for each run. */
function times(subject: Subject, type: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { input } of subject.calls().filter((call) => call.type === type)) counts.set(input.runId, (counts.get(input.runId) ?? 0) + 1);
  return counts;
}
