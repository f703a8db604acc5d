import type { Filter } from "mongodb";
import { RulewrightError } from "../../../model/errors.ts";
import type { EventFilter, EventLedger, StoredEvent } from "../../events.ts";
import type { Page, PageRequest } from "../../page.ts";
import type { Calls } from "../calls.ts";
import type { Collections, EventDocument } from "../documents.ts";
import { toStoredEvent } from "./event-document.ts";
import type { FirstTimes } from "./first-times.ts";
import { keyOf } from "../ids.ts";
import type { Intakes } from "./intake.ts";
import type { FinishLeft } from "./left-events.ts";
import type { AwaitOthers } from "./others.ts";
import type { UnderWay } from "./under-way.ts";
import { createKinds } from "../kinds.ts";
import { afterPlace, pageOf } from "../pages.ts";
import { createRead } from "../reads.ts";
import type { INDEXES } from "../schema.ts";

/** Of what was left, as much as one look finishes. */
const MOST_LEFT = 100;
/** What has been left for this long (ms) is left by somebody who is gone: an intake takes milliseconds. */
const LEFT_MS = 5000;

export type EventParts = {
  readonly calls: Calls;
  readonly collections: Collections;
  readonly intakes: Intakes;
  readonly underWay: UnderWay;
  readonly finishLeft: FinishLeft;
  readonly awaitOthers: AwaitOthers;
  readonly firstTimes: FirstTimes;
  /** Finishes field updates whose end was not told to those who wait for it. */
  finishEndings(now: number): Promise<number>;
};

export type Events = EventLedger & { settled(): Promise<void> };

export function createEventLedger({
  calls,
  collections: { events },
  intakes,
  underWay,
  finishLeft,
  awaitOthers,
  firstTimes,
  finishEndings,
}: EventParts): Events {
  const kinds = createKinds(calls, events);
  const read = createRead(calls, "find an event", events);

  async function list(filter: EventFilter, request: PageRequest): Promise<Page<StoredEvent>> {
    const { organization, module, record, type, origin } = filter;
    const hint = hintOf(filter);
    const wanted: Filter<EventDocument> = {
      organization,
      decision: { $ne: null },
      ...(module === undefined ? {} : { module }),
      ...(record === undefined ? {} : { record }),
      ...(type === undefined ? {} : { type }),
      ...(origin === undefined ? {} : { origin }),
      ...(hint === "kind" ? await kinds(organization, { module, type }) : {}),
      ...afterPlace(request),
    };
    const found = await calls("list events", () =>
      events
        .find(wanted, { hint })
        .sort({ place: -1 })
        .limit(request.limit + 1)
        .toArray(),
    );
    return pageOf(found, request, (document) => toStoredEvent(document) ?? tentative(document));
  }

  return {
    intake: (event, decide, onDurable) => intakes.take({ event, decide, onDurable, since: performance.now() }),
    async recover(now, decide) {
      const found = await calls("find what is left", () =>
        events
          .find({ leftAt: { $lte: now - LEFT_MS } }, { hint: "left" })
          .sort({ leftAt: 1 })
          .limit(MOST_LEFT)
          .toArray(),
      );
      // Only slow, not left: this process is still at it.
      const left = found.filter(({ _id }) => !underWay.has(_id));
      const results = await Promise.allSettled(left.map((document) => finishLeft(document, decide)));
      const ends = await finishEndings(now - LEFT_MS);
      // One that cannot be finished keeps no other from being finished.
      const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
      const away = failures.find((failure) => failure instanceof RulewrightError && failure.code === "overloaded");
      if (away !== undefined) throw away;
      if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${left.length} events could not be finished`);
      return left.length + ends;
    },
    async firedBefore(organization, rules, record) {
      const [fired] = await firstTimes.firedBefore([{ organization, recordId: record, id: "", firstTimeRules: rules }]);
      return fired ?? new Set();
    },
    async written(of) {
      if ("record" in of) return awaitOthers({ ...of, recordId: of.record });
      const document = await read(keyOf(of.organization, of.event));
      if (document?.stage === "open") await awaitOthers({ ...document, recordId: document.record });
    },
    async event(organization, id) {
      const document = await read(keyOf(organization, id));
      return document && toStoredEvent(document);
    },
    events: list,
    settled: intakes.settled,
  };
}

/** Which index to walk: said, because the server's own choice is made by trial and differs from time to time. */
function hintOf({ module, record, type, origin }: EventFilter): keyof typeof INDEXES.events {
  if (record !== undefined) return "record";
  if (origin === "fieldUpdate") return "fieldUpdate";
  return module === undefined && type === undefined ? "place" : "kind";
}

function tentative({ id }: EventDocument): never {
  throw new RulewrightError("internal_error", `event ${id} is listed and not decided`);
}
