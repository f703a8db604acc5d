import type { FieldUpdate } from "../../model/actions/field-update.ts";
import type { ActionHandler, ActionInput, ActionResult } from "../action.ts";
import { changeAt } from "./change.ts";
import { checkFieldUpdate } from "./check.ts";
import { FieldUpdateError, valueFor } from "./value.ts";

/** Each is one short write of the store. */
const SLOTS = 32;
/** Repeating is free of effects, so only a run that stops its worker each time must come to an end. */
const ATTEMPTS = 50;
const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 60_000;

/** Sets one field of the record, exactly once for a run; the edit that this makes may fire other rules. */
export function createFieldUpdateHandler(): ActionHandler<"FieldUpdate"> {
  return {
    slots: SLOTS,
    check: (definition, { module }) => checkFieldUpdate(definition, module),
    attempts: () => ATTEMPTS,
    delayAfter: (attempt) => Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS),
    run: update,
  };
}

async function update(input: ActionInput<FieldUpdate>): Promise<ActionResult> {
  const { definition, module, organization } = input;
  try {
    const { status, changes } = await input.updateRecord((record) =>
      changeAt(definition.field, valueFor(definition, record, module, organization.timeZone), record, module),
    );
    if (status === "deleted")
      return { outcome: "skipped", reason: "recordDeleted", note: "the record was deleted before it could be updated" };
    return { outcome: "succeeded", response: { changes } };
  } catch (error) {
    if (error instanceof FieldUpdateError) return { outcome: "failed", error: error.message, retry: false, response: null };
    throw error;
  }
}
