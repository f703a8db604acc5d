import type { Filter } from "mongodb";
import { ACTION_TYPES } from "../../../model/action-type.ts";
import type { ActionRun, Execution, RunStatus } from "../../../model/run.ts";
import { fromCursor, toCursor } from "../../cursor.ts";
import type { Page, PageRequest } from "../../page.ts";
import type { RunFilter, RunLedger } from "../../runs.ts";
import { createBatches, type Answer } from "../batches.ts";
import type { Calls } from "../calls.ts";
import type { Collections, RunDocument } from "../documents.ts";
import { groupBy } from "../group.ts";
import { instantPart, keyOf, splitPlace } from "../ids.ts";
import { createKinds } from "../kinds.ts";
import { afterPlace, fromPlaceCursor, pageOf, toPlaceCursor } from "../pages.ts";
import { createRead } from "../reads.ts";
import { toRun } from "./run-document.ts";
import type { INDEXES } from "../schema.ts";

export type RunLists = Pick<RunLedger, "run" | "runs" | "runsOfEvent" | "pendingOfRule" | "execution" | "executions">;

/** Statuses that an index knows; of the others there are either few at a time or almost all. */
const LISTED: readonly RunStatus[] = ["scheduled", "retrying", "failed", "skipped", "cancelled"];

/** The log: runs and executions by filter, a page at a time. The first run of an execution (n = 1) stands for it. */
export function createRunLists(calls: Calls, { runs, events }: Collections): RunLists {
  const kinds = createKinds(calls, runs, ACTION_TYPES);
  // Whatever starts after a field update looks at its event's runs.
  const reading = createBatches(readAll);
  const readEvent = createRead(calls, "find the runs of an event", events, { runs: 1 });

  async function find(keys: readonly string[]): Promise<readonly RunDocument[]> {
    const found = await calls("find runs", () => runs.find({ _id: { $in: [...keys] } }).toArray());
    return found.toSorted(byPlace);
  }

  async function readAll(lists: readonly (readonly string[])[]): Promise<readonly Answer<readonly RunDocument[]>[]> {
    const found = await find([...new Set(lists.flat())]);
    return lists.map((keys) => ({ value: found.filter(({ _id }) => keys.includes(_id)) }));
  }

  /** Keys of the runs of events. */
  async function keysOfEvents(keys: readonly string[]): Promise<readonly string[]> {
    const found = await calls("find the runs of events", () =>
      events.find({ _id: { $in: [...keys] } }, { projection: { organization: 1, runs: 1 } }).toArray(),
    );
    return found.flatMap(({ organization, runs: ids }) => ids.map((id) => keyOf(organization, id)));
  }

  async function filterOf(filter: RunFilter, by: "place" | "due"): Promise<Filter<RunDocument>> {
    const { organization, status, module, rule, record, type, event, from, to } = filter;
    const due = by === "due" && (from !== undefined || to !== undefined);
    return {
      organization,
      ...(event === undefined ? {} : { _id: { $in: [...(await keysOfEvents([keyOf(organization, event)]))] } }),
      ...(status === undefined ? {} : { status }),
      ...(status !== undefined && LISTED.includes(status) ? { listed: status } : {}),
      ...(status === "running" ? { leaseUntil: { $exists: true } } : {}),
      ...(module === undefined ? {} : { module }),
      ...(rule === undefined ? {} : { "rule.id": rule }),
      ...(record === undefined ? {} : { record }),
      ...(type === undefined ? {} : { type }),
      ...(by === "place" && hintOf(filter).hint === "kind" ? await kinds(organization, { module, type }) : {}),
      // A bound leaves out what has no due time.
      ...(due ? { dueAt: bounds(from, to) } : {}),
      ...(by === "due" ? { pending: true as const } : {}),
      ...(by === "due" ? { due: due ? bounds(from, to) : { $exists: true } } : {}),
    };
  }

  async function list(filter: RunFilter, request: PageRequest): Promise<Page<ActionRun>> {
    if (filter.status === "scheduled") return listDue(filter, request);
    const wanted = { $and: [await filterOf(filter, "place"), placesBetween(filter), afterPlace(request)] };
    const found = await calls("list runs", () =>
      runs
        .find(wanted, hintOf(filter))
        .sort({ place: -1 })
        .limit(request.limit + 1)
        .toArray(),
    );
    return pageOf(found, request, toRun);
  }

  async function listDue(filter: RunFilter, request: PageRequest): Promise<Page<ActionRun>> {
    const wanted: Filter<RunDocument>[] = [await filterOf(filter, "due")];
    if (request.cursor !== null) {
      const [due, ms, rest] = fromCursor(request.cursor, ["number", "number", "string"]);
      wanted.push({ $or: [{ due: { $gt: due } }, { due, place: { $gt: `${instantPart(ms)}${rest}` } }] }, { due: { $gte: due } });
    }
    const found = await calls("list scheduled runs", () =>
      runs
        .find({ $and: wanted }, hintOfDue(filter))
        .sort({ due: 1, place: 1 })
        .limit(request.limit + 1)
        .toArray(),
    );
    return pageOf(found, request, toRun, ({ due = 0, place }) => toCursor([due, ...splitPlace(place)]));
  }

  /** Walks runs that match, newest first, until they are of one execution more than a page holds. */
  async function executions(filter: RunFilter, request: PageRequest): Promise<Page<Execution>> {
    const any = filter.status !== undefined || filter.type !== undefined;
    const base = await filterOf(filter, "place");
    const firsts = new Map<string | null, RunDocument>();
    let before = request.cursor === null ? null : fromPlaceCursor(request.cursor);
    const size = 2 * request.limit + 1;
    for (;;) {
      const wanted = {
        $and: [
          base,
          placesBetween(filter),
          { execution: { $ne: null }, ...(any ? {} : { n: 1 }) },
          before === null ? {} : { place: { $lt: before } },
        ],
      };
      const found = await calls("walk executions", () => runs.find(wanted, hintOf(filter)).sort({ place: -1 }).limit(size).toArray());
      // Runs of one execution stand together; the earliest of them is kept.
      for (const document of found)
        if (firsts.size <= request.limit || firsts.has(document.execution)) firsts.set(document.execution, document);
      before = found.at(-1)?.place ?? null;
      if (firsts.size > request.limit || found.length < size) break;
    }
    const shown = [...firsts.values()];
    const whole = await wholeOf(shown.slice(0, request.limit));
    const page = pageOf(shown, request, (document) => whole.get(executionKey(document)) ?? [document]);
    const last = page.data.at(-1)?.[0];
    return {
      data: page.data.map(toExecution),
      // From the first run of the last one: none of its runs may bring it again.
      nextCursor: page.nextCursor === null || !last ? null : toPlaceCursor(last),
    };
  }

  /** Every run of the executions of these runs, in order. */
  async function wholeOf(some: readonly RunDocument[]): Promise<ReadonlyMap<string, readonly RunDocument[]>> {
    const keys = await keysOfEvents([...new Set(some.map(({ organization, event }) => keyOf(organization, event)))]);
    return groupBy(await find(keys), executionKey);
  }

  return {
    async run(organization, id) {
      const [found] = await reading.add([keyOf(organization, id)]);
      return found ? toRun(found) : null;
    },
    runs: list,
    async runsOfEvent(organization, event) {
      const of = await readEvent(keyOf(organization, event));
      return (await reading.add((of?.runs ?? []).map((id) => keyOf(organization, id)))).map(toRun);
    },
    async pendingOfRule(organization, rule, upTo, limit) {
      const wanted = { "rule.id": rule, organization, pending: true as const, place: { $lt: instantPart(upTo + 1) } };
      const found = await calls("pending runs of a rule", () =>
        runs
          .find(wanted, { hint: "pending", projection: { id: 1 } })
          .sort({ place: 1 })
          .limit(limit)
          .toArray(),
      );
      return found.map(({ id }) => id);
    },
    async execution(organization, id) {
      // An execution's id is that of its first run with another prefix.
      const [first] = await find([keyOf(organization, id.replace(/^exe_/, "run_"))]);
      const whole = first && (await wholeOf([first])).get(keyOf(organization, id));
      return whole ? toExecution(whole) : null;
    },
    executions,
  };
}

/** A run's place begins with when its event was stored, which is when it was made. */
function placesBetween({ from, to }: RunFilter): Filter<RunDocument> {
  const wanted = bounds(from === undefined ? undefined : instantPart(from), to === undefined ? undefined : instantPart(to));
  return from === undefined && to === undefined ? {} : { place: wanted };
}

function bounds<T>(from: T | undefined, to: T | undefined): { $gte?: T; $lt?: T } {
  return { ...(from === undefined ? {} : { $gte: from }), ...(to === undefined ? {} : { $lt: to }) };
}

/** Which index to walk: said, because the server's own choice among so many is made by trial and differs from run to run. */
function hintOf({ event, record, rule, status, type, module }: RunFilter): { hint?: keyof typeof INDEXES.runs } {
  if (event !== undefined) return {};
  if (record !== undefined) return { hint: "record" };
  if (status !== undefined && LISTED.includes(status)) return { hint: "listed" };
  if (status === "running") return { hint: "lease" };
  if (rule !== undefined) return { hint: "rule" };
  if (type !== undefined || module !== undefined) return { hint: "kind" };
  return { hint: "place" };
}

/** A record's runs, and a rule's that are pending, are few enough to sort. */
function hintOfDue({ event, record, rule }: RunFilter): { hint?: keyof typeof INDEXES.runs } {
  if (event !== undefined) return {};
  return { hint: record !== undefined ? "record" : rule !== undefined ? "pending" : "due" };
}

function byPlace(a: RunDocument, b: RunDocument): number {
  return a.place < b.place ? -1 : 1;
}

function toExecution(documents: readonly RunDocument[]): Execution {
  const [first] = documents;
  if (!first) throw new Error("an execution has a run");
  const { execution: id, event, module, record, condition, createdAt: firedAt } = first;
  const { rule, by } = toRun(first);
  if (id === null) throw new Error(`run ${first.id} is of no execution`);
  return { id, event, rule, by, module, record, condition, firedAt, runs: documents.map(toRun) };
}

function executionKey({ organization, execution }: RunDocument): string {
  return keyOf(organization, execution ?? "");
}
