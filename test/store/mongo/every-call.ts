import { ACTION_TYPES } from "../../../src/model/action-type.ts";
import { RUN_STATUSES } from "../../../src/model/run.ts";
import type { EventFilter } from "../../../src/store/events.ts";
import type { Page, PageRequest } from "../../../src/store/page.ts";
import type { RunFilter } from "../../../src/store/runs.ts";
import type { Store } from "../../../src/store/store.ts";
import { FIRST_PAGE } from "../../contract/ledger.ts";
import {
  makeCascade,
  makeClaim,
  makeDecided,
  makeEntry,
  makeEvent,
  makeGeneration,
  makeKey,
  makeNewRun,
  makeNotification,
  makeQuota,
  makeRunning,
  makeSettlement,
  makeSlots,
  makeVersion,
  MINUTE,
  NOW,
} from "../../support/make.ts";
import { DUE, later, makeDatedRun, makeEdit, movingTo, ZONE } from "./dated-runs.ts";
import { OLD_DATES, OLD_RECORD, OLD_ZONE } from "./history.ts";
import type { NotedStore } from "./noted-commands.ts";

/** Something that a user or the engine does with the store. `narrows`: by two filters, of which one index knows one. */
export type Step = { readonly title: string; readonly narrows?: true; work(): Promise<unknown> };

const organization = "default";
/** After everything that the steps store. */
const LATER = NOW + 60 * 24 * 60 * MINUTE;

/** Steps that between them make every call of the adapter, in this order, on a store that may hold anything else of `organization`. */
export function everyCall(noted: NotedStore): readonly Step[] {
  return [
    ...takingIn(noted),
    ...working(noted),
    ...waitingForDates(noted),
    ...reading(noted.store),
    ...keeping(noted),
    ...clearing(noted.store),
  ];
}

/** Events of every sort. */
function takingIn({ store, said }: NotedStore): readonly Step[] {
  const { events } = store;
  const event = makeEvent({ id: "step-new", recordId: "step" });
  const update = makeNewRun(event, { n: 2, action: { type: "fieldUpdate", name: "close" } });
  const waiting = makeNewRun(event, { n: 3, waitsFor: update.run.id });
  const edit = makeEvent({ id: "step-edit", recordId: "step", type: "edited", occurredAt: NOW + 2, storedAt: NOW + 2 });
  const older = makeEvent({ id: "step-older", recordId: "step", type: "edited", occurredAt: NOW + 1, storedAt: NOW + 3 });
  const first = makeEvent({ id: "step-first", recordId: "step-first", firstTimeRules: ["rule-1"] });
  const again = makeEvent({ id: "step-again", recordId: "step-first", firstTimeRules: ["rule-1"] });
  const late = makeEvent({ id: "step-late", recordId: "step-first" });
  const created = makeEvent({ id: "step-created", recordId: "step-created", expectRevision: 0 });
  const stale = makeEvent({ id: "step-stale", recordId: "step-created", expectRevision: 7 });
  const planned = makeEvent({ id: "step-planned", recordId: "step-planned" });
  const deleted = makeEvent({ id: "step-deleted", recordId: "step-planned", type: "deleted", occurredAt: NOW + 2, storedAt: NOW + 2 });
  return [
    {
      title: "an event with runs, its answer lost",
      work: twice(said, "insert runs", () =>
        events.intake(event, () => makeDecided({ runs: [makeRunning(event, {}, makeQuota()), update, waiting] })),
      ),
    },
    { title: "the same again", work: () => events.intake(event, () => makeDecided()) },
    { title: "who waits for what came of it", work: () => events.written({ organization, event: "step-new" }) },
    { title: "an edit", work: () => events.intake(edit, () => makeDecided()) },
    { title: "one that comes late", work: () => events.intake(older, () => makeDecided()) },
    {
      title: "a first time, its answer lost",
      work: twice(said, "decide events", () => events.intake(first, () => makeDecided({ firstTime: ["rule-1"] }))),
    },
    { title: "no first time", work: () => events.intake(again, ({ alreadyFired }) => makeDecided({ firstTime: [...alreadyFired] })) },
    {
      title: "two first times, of which another event has one",
      work: () => events.intake(late, ({ alreadyFired }) => makeDecided({ firstTime: alreadyFired.size > 0 ? [] : ["rule-1", "rule-2"] })),
    },
    { title: "a record that must be new", work: () => events.intake(created, () => makeDecided()) },
    { title: "a record that has changed", work: () => events.intake(stale, () => makeDecided()) },
    {
      title: "a planned run",
      work: () =>
        events.intake(planned, () => makeDecided({ runs: [makeNewRun(planned, { timed: true, status: "scheduled", dueAt: LATER })] })),
    },
    { title: "a deletion", work: () => events.intake(deleted, () => makeDecided()) },
    { title: "events that a crash left", work: () => events.recover(LATER, () => makeDecided()) },
    { title: "first-time memory", work: () => events.firedBefore(organization, ["rule-1"], "step-first") },
    { title: "an event by id", work: () => events.event(organization, "step-new") },
  ];
}

/** Records with dates, and runs that wait for those. */
function waitingForDates({ store, said, lost }: NotedStore): readonly Step[] {
  const { events, runs, dates } = store;
  const dated = (n: number) => ({ recordId: "step-dated", dates: [{ field: "due_date", cycle: "once", key: n } as const] });
  const event = makeEvent({ id: "step-dated", ...dated(1) });
  const { run } = makeDatedRun(event);
  const edit = makeEdit(3, { id: "step-dated-edit", ...dated(2) });
  const older = makeEdit(2, { id: "step-dated-older", ...dated(3) });
  const ofOld = makeEdit(1, { id: "step-old", recordId: OLD_RECORD });
  const left = makeEvent({ id: "step-left", recordId: "step-left" });
  const behind = makeEdit(1, { id: "step-behind", recordId: "step-left" });
  const key = "rule-1 2026-12-01 0";
  const come = makeEvent({
    id: "step-come",
    recordId: "step-dated",
    type: "date",
    origin: "clock",
    occurrence: { of: "rule-1", anchor: "2026-12-01", k: 0, missed: false },
    firstTimeRules: [key],
  });
  const module = { organization, module: "invoices" };
  return [
    {
      title: "a record with a date and a run that waits for it",
      work: () => events.intake(event, () => makeDecided({ runs: [makeDatedRun(event)] })),
    },
    { title: "an edit that moves it", work: () => events.intake(edit, movingTo(DUE + MINUTE)) },
    { title: "an edit of a record whose runs are almost all over", work: () => events.intake(ofOld, () => makeDecided()) },
    { title: "one with a date that comes late", work: () => events.intake(older, () => makeDecided()) },
    {
      title: "a move, its answer lost",
      work: twice(said, "move a run", () => runs.move(organization, later({ ...run, dueAt: DUE + MINUTE }, DUE))),
    },
    { title: "a date that has come", work: () => events.intake(come, () => makeDecided({ firstTime: [key] })) },
    {
      title: "an event that is left behind a newer one",
      async work() {
        lost.add("insert runs");
        await rejects(events.intake(left, () => makeDecided({ runs: [makeDatedRun(left)] })));
        lost.clear();
        await events.intake(behind, () => makeDecided());
        await events.recover(LATER, () => makeDecided());
      },
    },
    { title: "runs of another zone", work: () => runs.ofOtherZone(organization, ZONE, 20) },
    { title: "runs of any zone but the oldest", work: () => runs.ofOtherZone(organization, OLD_ZONE, 20) },
    ...OLD_DATES.map(({ field, cycle }) => ({
      title: `records by ${cycle} ${field}`,
      work: twoPages((page) => dates.dated({ ...module, field, cycle, from: 2, to: 5 }, { ...page, limit: 3 })),
    })),
    {
      title: "dates made anew",
      work: () => dates.reindex(module, NOW, { limit: 5, cursor: null }, () => OLD_DATES.map((date) => ({ ...date, key: 1 }))),
    },
  ];
}

/** Runs from claim to settlement. */
function working({ store, said, lost }: NotedStore): readonly Step[] {
  const { runs, records } = store;
  const event = makeEvent({ id: "step-work", recordId: "step-work" });
  const one = makeNewRun(event, { n: 1 });
  const update = makeNewRun(event, { n: 2, action: { type: "fieldUpdate", name: "close" } });
  const mails = [3, 4, 5].map((n) => makeNewRun(event, { n, action: { type: "emailAlert", name: "thanks" } }));
  const waiting = makeNewRun(event, { n: 6, waitsFor: update.run.id });
  const key = makeKey({ id: "step-work" });
  const cascade = makeCascade({ id: "step-cascade", recordId: "step-work" });
  const held = (run: typeof one.run, token: number) => ({ ...run, token });
  const { leaseUntil } = makeClaim();
  return [
    {
      title: "an event to work on",
      work: () => store.events.intake(event, () => makeDecided({ runs: [one, update, ...mails, waiting] })),
    },
    { title: "the next due instant", work: () => runs.nextDue(0) },
    { title: "a claim with too little room", work: () => runs.claim(makeClaim({ slots: makeSlots(0, { emailAlert: 1 }) })) },
    {
      title: "a claim, its answer lost",
      async work() {
        lost.add("read claimed runs");
        await rejects(runs.claim(makeClaim({ slots: makeSlots(20) })));
        lost.clear();
      },
    },
    { title: "the claim after it", work: () => runs.claim(makeClaim({ slots: makeSlots(20) })) },
    { title: "a heartbeat", work: () => runs.extend([held(one.run, 1), held(update.run, 1)], leaseUntil) },
    { title: "a heartbeat of somebody who is late", work: () => runs.extend([held(one.run, 9)], leaseUntil) },
    { title: "a claim of lost runs", work: () => runs.claim(makeClaim({ now: NOW + MINUTE, slots: makeSlots(20) })) },
    { title: "quota", work: () => runs.takeQuota(held(one.run, 2), makeQuota(), NOW) },
    {
      title: "a field update, its answer lost",
      work: twice(said, "update records", () =>
        records.update(key, update.run.id, ({ body }) => ({ body: { ...body, status: "closed" }, cascade, dates: null })),
      ),
    },
    { title: "the outbox", work: () => records.outbox(100) },
    { title: "an edit of the outbox is taken in", work: () => records.outboxDone(cascade) },
    { title: "a field update is over", work: () => runs.settle(held(update.run, 2), makeSettlement()) },
    { title: "a failure is over", work: () => runs.settle(held(one.run, 2), makeSettlement({ status: "failed" })) },
    { title: "a late settlement", work: () => runs.settle(held(one.run, 1), makeSettlement()) },
    { title: "a retry by a person", work: () => runs.retry(organization, one.run.id, NOW) },
    { title: "a cancellation", work: () => runs.cancel(organization, one.run.id, NOW) },
    { title: "a second cancellation", work: () => runs.cancel(organization, one.run.id, NOW) },
    { title: "one more retry", work: () => runs.retry(organization, one.run.id, NOW) },
    { title: "and its claim", work: () => runs.claim(makeClaim({ slots: makeSlots(20) })) },
    { title: "no quota left", work: () => runs.takeQuota(held(one.run, 3), makeQuota({ limit: 0 }), NOW) },
    { title: "a claim out of a backlog", work: () => runs.claim(makeClaim({ now: LATER, slots: makeSlots(4) })) },
    { title: "usage", work: () => runs.usage(organization, "2026-11-20") },
  ];
}

/** Lists by every filter, each page by page, and single things. */
function reading({ runs, events, notifications, records }: Store): readonly Step[] {
  const bounds = { from: NOW, to: NOW + MINUTE };
  const alone: readonly Omit<RunFilter, "organization">[] = [
    {},
    ...RUN_STATUSES.map((status) => ({ status })),
    ...ACTION_TYPES.map((type) => ({ type })),
    { module: "invoices" },
    { rule: "rule-1" },
    { record: "step" },
    { event: "step-new" },
    bounds,
  ];
  const together: readonly Omit<RunFilter, "organization">[] = [
    { module: "invoices", record: "step" },
    { module: "invoices", type: "webhook" },
    { module: "invoices", status: "failed" },
    { rule: "rule-1", status: "failed" },
    { type: "webhook", status: "failed" },
    { status: "scheduled", module: "invoices" },
    { status: "scheduled", ...bounds },
    { status: "failed", ...bounds },
    { rule: "rule-1", type: "webhook" },
  ];
  const due: readonly Omit<RunFilter, "organization">[] = [
    { status: "scheduled", record: "step" },
    { status: "scheduled", rule: "rule-1" },
  ];
  const ofEvents: readonly Omit<EventFilter, "organization">[] = [
    {},
    { module: "invoices" },
    { record: "step" },
    { type: "created" },
    { type: "deleted" },
    { origin: "fieldUpdate" },
    { origin: "user" },
    { module: "invoices", type: "created" },
  ];
  const titled = (of: string, filter: object): string => `${of} by ${JSON.stringify(filter)}`;
  return [
    ...[...alone, ...together].flatMap((filter, i): readonly Step[] => {
      const narrows = i < alone.length ? {} : { narrows: true as const };
      return [
        { title: titled("runs", filter), ...narrows, work: twoPages((page) => runs.runs({ organization, ...filter }, page)) },
        { title: titled("executions", filter), ...narrows, work: twoPages((page) => runs.executions({ organization, ...filter }, page)) },
      ];
    }),
    ...due.map((filter) => ({
      title: titled("runs", filter),
      work: twoPages((page) => runs.runs({ organization, ...filter }, page)),
    })),
    ...ofEvents.map((filter) => ({
      title: titled("events", filter),
      work: twoPages((page) => events.events({ organization, ...filter }, page)),
    })),
    { title: "an event's runs", work: () => runs.runsOfEvent(organization, "step-new") },
    {
      title: "a run and its execution",
      async work() {
        const [run] = await runs.runsOfEvent(organization, "step-new");
        if (!run) throw new Error("expected the runs of step-new");
        await runs.run(organization, run.id);
        await runs.execution(organization, run.execution ?? "");
      },
    },
    { title: "a rule's pending runs", work: () => runs.pendingOfRule(organization, "rule-1", LATER, 100) },
    { title: "a record", work: () => records.record(makeKey({ id: "step" })) },
    { title: "a module's records", work: twoPages((page) => records.records(organization, "invoices", page)) },
    { title: "notifications", work: () => notifications.add([1, 2, 3].map((n) => makeNotification({ id: `step-${n}` }))) },
    ...[{}, { unread: true }, { user: "7605001" }, { user: "7605001", unread: true }].map((filter) => ({
      title: titled("notifications", filter),
      work: twoPages((page) => notifications.list({ organization, ...filter }, page)),
    })),
    { title: "a notification is read", work: () => notifications.markRead(organization, "step-1") },
  ];
}

/** Definitions, keys and marks. */
function keeping({ store: { definitions, keys, marks }, said }: NotedStore): readonly Step[] {
  const version = makeVersion({ id: "step-definition" });
  const key = { organization: "step", id: "key-1", hash: "h", createdAt: NOW };
  const generation = makeGeneration({ number: 1, entries: [makeEntry({ id: version.id })] });
  return [
    {
      title: "a change of what is defined, its answer lost",
      work: twice(said, "swap the generation", () => definitions.swap("step", generation, [version])),
    },
    { title: "organizations", work: () => definitions.organizations() },
    { title: "newest generations", work: () => definitions.newest() },
    { title: "the current generation", work: () => definitions.current("step") },
    { title: "a generation", work: () => definitions.generation("step", 1) },
    { title: "versions", work: () => definitions.versions("step", [version, { id: "step-missing", version: 1 }]) },
    { title: "a first key, its answer lost", work: twice(said, "first API key", () => keys.addFirst(key)) },
    { title: "a seal, its answer lost", work: twice(said, "seal with the secret key", () => keys.seal("v1.step")) },
    { title: "the seal", work: () => keys.seal("v1.other") },
    { title: "keys", work: () => keys.keys("step") },
    { title: "a first mark, its answer lost", work: twice(said, "make a mark", () => marks.setMark("step", "mark", 0, {})) },
    { title: "the next mark, its answer lost", work: twice(said, "change a mark", () => marks.setMark("step", "mark", 1, {})) },
    { title: "a mark", work: () => marks.mark("step", "mark") },
  ];
}

/** Old history, walked to its end: the last step of all. */
function clearing({ events, runs, retention, ping, close }: Store): readonly Step[] {
  const event = makeEvent({ id: "step-last", recordId: "step-last" });
  const last = makeRunning(event, {}, makeQuota());
  return [
    { title: "is it there", work: () => ping() },
    { title: "old events", work: () => retention.expire(NOW + 1, null, 20) },
    { title: "the end of the walk", work: () => retention.expire(NOW + 1, JSON.stringify(["~", ""]), 20) },
    { title: "a last start", work: () => events.intake(event, () => makeDecided({ runs: [last] })) },
    { title: "its outcome, with which its grant is written down", work: () => runs.settle(last.run, makeSettlement()) },
    { title: "the end", work: () => close() },
  ];
}

/** The first page and the one behind it. */
function twoPages(list: (page: PageRequest) => Promise<Page<unknown>>): () => Promise<void> {
  return async () => {
    const { nextCursor } = await list(FIRST_PAGE);
    if (nextCursor !== null) await list({ ...FIRST_PAGE, cursor: nextCursor });
  };
}

async function rejects(work: Promise<unknown>): Promise<void> {
  const answer = await work.catch(() => null);
  if (answer !== null) throw new Error("expected a call whose answer is lost to reject");
}

/** One of the calls is made twice, as it is when its answer is lost. */
function twice(said: NotedStore["said"], call: string, work: () => Promise<unknown>): () => Promise<void> {
  return async () => {
    said.set(call, 2);
    await work();
    said.clear();
  };
}
