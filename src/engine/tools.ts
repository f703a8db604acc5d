import type { ActionInput } from "../actions/action.ts";
import type { Clock } from "../clock/clock.ts";
import type { ActionRun } from "../model/run.ts";
import type { Store } from "../store/store.ts";
import type { Cascades } from "./cascade.ts";
import { derivedId } from "./ids.ts";
import type { EventContext } from "./intake.ts";
import type { Records } from "./records.ts";

export type ToolDeps = { readonly store: Store; readonly clock: Clock; readonly cascades: Cascades; readonly records: Records };

export type Tools = Pick<ActionInput<unknown>, "lookup" | "notify" | "updateRecord" | "records">;

/** What a handler may do on behalf of one run; each tool is bound to the run's organization and record. */
export function toolsFor({ store, clock, cascades, records }: ToolDeps, run: ActionRun, context: EventContext): Tools {
  const { organization } = run;
  // What a function writes was led to by this run's rule, like the edit of a field update.
  const ancestry = [...context.event.ancestry, { rule: run.rule.id, module: run.module, record: run.record }];
  const asFunction = { organization, origin: "function", ancestry } as const;
  return {
    async lookup(module, id) {
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
    records: {
      async get(module, id) {
        const record = await records.find(organization, module, id);
        return record?.body ?? null;
      },
      query: (module, filters) => records.query(organization, module, filters),
      create: async (module, record) => (await records.create(module, record, asFunction)).body,
      update: async (module, id, changes) => (await records.patch(module, id, changes, null, asFunction)).body,
    },
  };
}
