import type { Engine } from "../engine/engine.ts";
import { runView, type ActionRunView } from "../engine/views.ts";
import type { JsonObject } from "../model/json.ts";
import { ExecutionRequest, TicksQuery as Ticks } from "../rest/requests.ts";
import { asked, checked, given, name } from "./ask.ts";
import { definitionMethods, type DefinitionMethods } from "./definitions.ts";
import type { Gate } from "./gate.ts";

/** Which of a schedule's times are asked for. */
export type TicksQuery = {
  /** 1 to 200; 10 where left out. */
  readonly count?: number | undefined;
  /** ISO 8601: from this instant on; now where left out. */
  readonly from?: string | undefined;
};

/** The routes of `/v1/schedules` as methods. */
export type Schedules = DefinitionMethods<"Schedule"> & {
  /** Its next times, ISO 8601; none where it is off or has ended. */
  upcoming(id: string, query?: TicksQuery): Promise<{ readonly data: readonly string[] }>;
  /**
   * "Save and Execute": runs its function now, besides its times, with the record that is given (none: an empty one), and answers with the run (after 10 s at most, then as it stands).
   * @throws RulewrightError not_found, overloaded
   */
  execute(id: string, options?: { readonly record?: JsonObject | undefined }): Promise<ActionRunView>;
};

export function scheduleMethods(engine: Engine, organization: string, gate: Gate): Schedules {
  const { schedules } = engine;
  return {
    ...definitionMethods(engine, organization, gate, "Schedule"),
    upcoming: (id, query = {}) =>
      gate.answer(async () => ({ data: await schedules.upcoming(organization, name(id, "id"), asked(Ticks, query)) })),
    execute: (id, options = {}) =>
      gate.answer(async () => {
        const { record } = checked(ExecutionRequest, given(options, "options"));
        return runView(await schedules.execute(organization, name(id, "id"), record));
      }),
  };
}
