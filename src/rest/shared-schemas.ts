import type { z } from "zod";
import { ActionReference } from "../model/action-type.ts";
import { FromEnvironment, Pair } from "../model/actions/common.ts";
import { Criterion } from "../model/criterion.ts";
import { Duration } from "../model/duration.ts";
import { Field } from "../model/field.ts";
import { JsonRecord } from "../model/record.ts";
import { COMPONENTS } from "./components.ts";

/** Parts of the model that many schemas hold: each stands in the document once, under its name. A field, which may hold fields, has to. */
export function nameSharedSchemas(): void {
  const shared = { JsonRecord, ActionReference, Criterion, Duration, Field, FromEnvironment, Pair };
  for (const [id, schema] of Object.entries<z.ZodType>(shared)) COMPONENTS.add(schema, { ...schema.meta(), id });
}
