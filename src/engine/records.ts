import type { Clock } from "../clock/clock.ts";
import { RulewrightError } from "../model/errors.ts";
import type { Cause, Origin, RecordEvent } from "../model/event.ts";
import type { JsonObject } from "../model/json.ts";
import type { Module } from "../model/module.ts";
import { recordId, type StoredRecord } from "../model/record.ts";
import type { Page, PageRequest } from "../store/page.ts";
import type { Store } from "../store/store.ts";
import { findModule } from "./definitions/find-module.ts";
import type { Definitions } from "./definitions/definitions.ts";
import { newId } from "./ids.ts";
import type { Intake } from "./intake.ts";
import { validationError } from "../model/issues.ts";

/** On whose behalf a record is written. */
export type Author = { readonly organization: string; readonly origin: Origin; readonly ancestry: readonly Cause[] };

/** The built-in record store as a use case: each change is an event, taken in like any other. `ifRevision` null asks for no condition. */
export type Records = {
  /** The module of that name or alias. @throws RulewrightError not_found */
  module(organization: string, name: string): Module;
  list(organization: string, module: string, page: PageRequest): Promise<Page<StoredRecord>>;
  find(organization: string, module: string, id: string): Promise<StoredRecord | null>;
  /** @throws RulewrightError not_found */
  get(organization: string, module: string, id: string): Promise<StoredRecord>;
  /** Records whose top-level fields equal the filters, at most 1,000. */
  query(organization: string, module: string, filters: JsonObject): Promise<readonly JsonObject[]>;
  /** @throws RulewrightError conflict where a record of that id is there. */
  create(module: string, record: JsonObject, author: Author): Promise<StoredRecord>;
  /** Creates or replaces. @throws RulewrightError precondition_failed */
  replace(module: string, id: string, record: JsonObject, ifRevision: number | null, author: Author): Promise<StoredRecord>;
  /** Sets top-level keys. @throws RulewrightError not_found, precondition_failed */
  patch(module: string, id: string, changes: JsonObject, ifRevision: number | null, author: Author): Promise<StoredRecord>;
  /** @throws RulewrightError not_found, precondition_failed */
  remove(module: string, id: string, ifRevision: number | null, author: Author): Promise<void>;
  /** Takes in the edit of a record that somebody else keeps and has changed already. */
  edited(module: Module, id: string, previous: JsonObject, record: JsonObject, author: Author): Promise<void>;
};

export type RecordDeps = { readonly store: Store; readonly clock: Clock; readonly definitions: Definitions; intake(): Intake };

const MOST_QUERIED = 1000;

export function createRecords(deps: RecordDeps): Records {
  const { store, clock, definitions } = deps;

  const moduleOf = (organization: string, name: string): Module => findModule(definitions.current(organization).modules, name);

  /** Tombstones included. */
  async function stored(organization: string, module: string, id: string): Promise<StoredRecord | null> {
    await deps.intake().written();
    return store.records.record({ organization, module, id });
  }

  async function find(organization: string, name: string, id: string): Promise<StoredRecord | null> {
    const record = await stored(organization, moduleOf(organization, name).name, id);
    return record && !record.deleted ? record : null;
  }

  function missing(name: string, id: string): RulewrightError {
    return new RulewrightError("not_found", `There is no record ${id} in ${name}`);
  }

  /** One change as one event; null where the record has another revision than expected. */
  async function write(
    type: "created" | "edited" | "deleted",
    module: Module,
    id: string,
    record: JsonObject,
    before: StoredRecord | null,
    expectRevision: number,
    author: Author,
  ): Promise<StoredRecord | null> {
    deps.intake().admit(1);
    const now = clock.now();
    const newest = before ?? (await stored(author.organization, module.name, id));
    const event = eventOf(type, { module, id, record, previous: before?.body ?? null, newest, author, now });
    const taken = await deps.intake().take({ event, module, fingerprint: null, expectRevision });
    return taken.status === "accepted" ? taken.record : null;
  }

  /** Reads, changes and writes until nobody came in between; with `ifRevision` the caller's word is kept instead. */
  async function change(
    module: Module,
    id: string,
    ifRevision: number | null,
    author: Author,
    to: (before: StoredRecord | null) => { type: "created" | "edited" | "deleted"; record: JsonObject },
  ): Promise<StoredRecord> {
    for (;;) {
      const before = await find(author.organization, module.name, id);
      const { type, record } = to(before);
      if (ifRevision !== null && before?.revision !== ifRevision)
        throw new RulewrightError(
          "precondition_failed",
          `Expected revision ${ifRevision} of ${module.name} ${id}, found ${before?.revision ?? "none"}`,
        );
      const written = await write(type, module, id, record, before, before?.revision ?? 0, author);
      if (written) return written;
    }
  }

  return {
    module: moduleOf,
    async list(organization, name, page) {
      const module = moduleOf(organization, name).name;
      await deps.intake().written();
      return store.records.records(organization, module, page);
    },
    find,
    async get(organization, name, id) {
      await store.events.written({ organization, module: moduleOf(organization, name).name, record: id });
      const record = await find(organization, name, id);
      if (!record) throw missing(name, id);
      return record;
    },
    async query(organization, name, filters) {
      const module = moduleOf(organization, name);
      const found: JsonObject[] = [];
      await deps.intake().written();
      let cursor: string | null = null;
      do {
        const page: Page<StoredRecord> = await store.records.records(organization, module.name, { limit: 200, cursor });
        found.push(...page.data.map((record) => record.body).filter((body) => matches(body, filters)));
        cursor = page.nextCursor;
      } while (cursor !== null && found.length < MOST_QUERIED);
      return found.slice(0, MOST_QUERIED);
    },
    async create(name, record, author) {
      const module = moduleOf(author.organization, name);
      const id = ownId(module, record) ?? newId("rec", clock.now());
      const written = await write("created", module, id, withId(module, record, id), null, 0, author);
      if (!written) throw new RulewrightError("conflict", `There is a record ${id} in ${module.name} already`);
      return written;
    },
    async replace(name, id, record, ifRevision, author) {
      const module = moduleOf(author.organization, name);
      requireId(module, record, id);
      return change(module, id, ifRevision, author, (before) => ({
        type: before ? "edited" : "created",
        record: withId(module, record, id),
      }));
    },
    async patch(name, id, changes, ifRevision, author) {
      const module = moduleOf(author.organization, name);
      requireId(module, changes, id);
      return change(module, id, ifRevision, author, (before) => {
        if (!before) throw missing(name, id);
        return { type: "edited", record: { ...before.body, ...changes } };
      });
    },
    async remove(name, id, ifRevision, author) {
      const module = moduleOf(author.organization, name);
      await change(module, id, ifRevision, author, (before) => {
        if (!before) throw missing(name, id);
        return { type: "deleted", record: before.body };
      });
    },
    async edited(module, id, previous, record, author) {
      deps.intake().admit(1);
      const newest = await stored(author.organization, module.name, id);
      const event = eventOf("edited", { module, id, record, previous, newest, author, now: clock.now() });
      await deps.intake().take({ event, module, fingerprint: null });
    },
  };
}

type Written = {
  readonly module: Module;
  readonly id: string;
  readonly record: JsonObject;
  readonly previous: JsonObject | null;
  /** The stored record, a tombstone too: what comes after it must not look older. */
  readonly newest: StoredRecord | null;
  readonly author: Author;
  readonly now: number;
};

function eventOf(type: "created" | "edited" | "deleted", { module, id, record, previous, newest, author, now }: Written): RecordEvent {
  return {
    ...author,
    id: newId("evt", now),
    module: module.name,
    type,
    recordId: id,
    record,
    previous,
    occurredAt: Math.max(now, newest?.occurredAt ?? 0),
    storedAt: now,
    actor: null,
    occurrence: null,
  };
}

function matches(body: JsonObject, filters: JsonObject): boolean {
  return Object.entries(filters).every(([key, value]) => JSON.stringify(body[key] ?? null) === JSON.stringify(value));
}

function withId(module: Module, record: JsonObject, id: string): JsonObject {
  return ownId(module, record) === null ? { [module.idFields[0] ?? "id"]: id, ...record } : record;
}

/** The id that the record itself brings, or null. @throws RulewrightError validation_failed where an id field holds something else. */
function ownId(module: Module, record: JsonObject): string | null {
  const found = recordId(module, record);
  if (found.id !== null || found.field === null) return found.id;
  throw validationError([{ path: found.field, message: found.message }]);
}

function requireId(module: Module, record: JsonObject, id: string): void {
  const own = ownId(module, record);
  if (own === null || own === id) return;
  const field = module.idFields.find((name) => Object.hasOwn(record, name)) ?? "id";
  throw validationError([{ path: field, message: `expected ${id}, the id in the path, got ${own}` }]);
}
