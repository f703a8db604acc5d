import type { ActionInput, FunctionRecords } from "../actions/action.ts";
import type { Clock } from "../clock/clock.ts";
import { RulewrightError } from "../model/errors.ts";
import type { ActionRun } from "../model/run.ts";
import type { Store } from "../store/store.ts";
import type { Cascades } from "./cascade.ts";
import type { HostAccess } from "./host-records.ts";
import { derivedId } from "./ids.ts";
import type { EventContext } from "./intake.ts";
import type { Author, Records } from "./records.ts";
import { isJsonObject, type JsonObject } from "../model/json.ts";
import { validationError } from "../model/issues.ts";
import { recordId } from "../model/record.ts";

export type ToolDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly cascades: Cascades;
  readonly records: Records;
  readonly host: HostAccess | null;
};

export type Tools = Pick<ActionInput<unknown>, "lookup" | "notify" | "updateRecord" | "records">;

/** What a handler may do on behalf of one run; each tool is bound to the run's organization and record. */
export function toolsFor(deps: ToolDeps, run: ActionRun, context: EventContext): Tools {
  const { store, clock, cascades, records, host } = deps;
  const { organization } = run;
  // What a function writes was led to by this run's rule, like the edit of a field update.
  const ancestry = [...context.event.ancestry, { rule: run.rule.id, module: run.module, record: run.record }];
  const asFunction = { organization, origin: "function", ancestry } as const;
  return {
    async lookup(module, id) {
      if (host) return host.get(module, id);
      const record = await store.records.record({ organization, module, id });
      return record && !record.deleted ? record.body : null;
    },
    async notify(notes) {
      const createdAt = clock.now();
      await store.notifications.add(
        notes.map((note) => ({
          organization,
          id: derivedId("ntf", context.event.storedAt, [run.id, note.user]),
          ...note,
          module: run.module,
          record: run.record,
          read: false,
          createdAt,
        })),
      );
    },
    updateRecord: (change) => cascades.update(run, context, change),
    records: host ? hostRecords(host, records, run, asFunction) : storedRecords(records, asFunction),
  };
}

function storedRecords(records: Records, author: Author): FunctionRecords {
  return {
    async get(module, id) {
      const record = await records.find(author.organization, module, id);
      return record?.body ?? null;
    },
    query: (module, filters) => records.query(author.organization, module, filters),
    create: async (module, record) => (await records.create(module, record, author)).body,
    update: async (module, id, changes) => (await records.patch(module, id, checkObject(changes), null, author)).body,
  };
}

/** The host's own records: what it can be asked for is one record, and to change one. */
function hostRecords(host: HostAccess, records: Records, run: ActionRun, author: Author): FunctionRecords {
  let updates = 0;
  return {
    get: async (module, id) => host.get(records.module(author.organization, module).name, id),
    query: async () => refuse("records.query", "looked through"),
    create: async () => refuse("records.create", "added to"),
    async update(name, id, changes) {
      const module = records.module(author.organization, name);
      const moved = recordId(module, { ...checkObject(changes) });
      if (module.idFields.some((field) => Object.hasOwn(changes, field)) && moved.id !== id)
        throw validationError([{ path: module.idFields[0] ?? "id", message: `expected ${id}, the record's id, which cannot be changed` }]);
      const before = await host.get(module.name, id);
      if (!before) throw new RulewrightError("not_found", `There is no record ${id} in ${module.name}`);
      updates += 1;
      // A second update of the same run is no repetition of the first, so it has a key of its own, the same in every attempt.
      await host.update(module.name, id, checkObject(changes), updates === 1 ? run.id : `${run.id}.${updates}`);
      const record = { ...before, ...changes };
      await records.edited(module, id, before, record, author);
      return record;
    },
  };
}

/** Functions are JavaScript, whatever the types say. */
function checkObject(changes: JsonObject): JsonObject {
  if (isJsonObject(changes)) return changes;
  throw validationError([
    { path: "changes", message: `expected an object of the keys to change, got ${JSON.stringify(changes) ?? typeof changes}` },
  ]);
}

function refuse(what: string, done: string): never {
  throw new RulewrightError(
    "conflict",
    `${what} cannot be used here: the records belong to the embedding program (openRulewright's records) and cannot be ${done} from outside; call a function of that program instead`,
  );
}
