import { createHash } from "node:crypto";
import type { Json } from "../model/json.ts";
import { isJsonObject } from "../model/json.ts";
import { EVENT_TYPES, EventInput, type RecordEvent } from "../model/event.ts";
import { parseWith, validationError } from "../model/issues.ts";
import { nearest } from "../model/nearest.ts";
import type { Module } from "../model/module.ts";
import { unknownName } from "../model/unknown-name.ts";
import { recordId } from "../model/record.ts";
import type { Snapshot } from "./definitions/snapshot.ts";
import { newId } from "./ids.ts";

/** An event that may be taken in: parsed, its module found, its record named. */
export type ParsedEvent = { readonly event: RecordEvent; readonly module: Module; readonly fingerprint: string | null };

/** Clocks of hosts differ; an event further ahead than this is a mistake (DESIGN, section 5). */
const MOST_AHEAD_MS = 5 * 60_000;

/**
 * Checks what a caller sent.
 * @param path where it stands in the request, for the issues: empty, or its index in an array.
 * @throws RulewrightError validation_failed with everything that is wrong.
 */
export function parseEvent(input: unknown, path: string, snapshot: Snapshot, organization: string, now: number): ParsedEvent {
  const { data: given, issues } = parseWith(EventInput, input, path);
  if (issues) throw validationError(issues);
  const at = (key: string): string => (path === "" ? key : `${path}.${key}`);

  const module = snapshot.modules.get(given.module);
  if (!module) throw validationError([unknownName(at("module"), "module", given.module, [...snapshot.modules.keys()])]);
  const types = [...EVENT_TYPES, ...module.triggers];
  if (!types.includes(given.type))
    throw validationError([
      { path: at("type"), message: `expected one of ${types.join(", ")}, got "${given.type}"`, ...hint(given.type, types) },
    ]);
  const found = recordId(module, given.record);
  if (found.id === null)
    throw validationError([{ path: at(`record.${found.field ?? module.idFields[0] ?? "id"}`), message: found.message }]);
  const occurredAt = given.occurredAt === undefined ? now : Date.parse(given.occurredAt);
  if (occurredAt > now + MOST_AHEAD_MS)
    throw validationError([
      {
        path: at("occurredAt"),
        message: `expected an instant at most 5 minutes ahead of ${new Date(now).toISOString()}, got ${given.occurredAt}`,
      },
    ]);

  const event: RecordEvent = {
    organization,
    id: given.id ?? newId("evt", now),
    module: module.name,
    type: given.type,
    recordId: found.id,
    record: given.record,
    previous: given.previous ?? null,
    occurredAt,
    storedAt: now,
    actor: given.actor?.id ?? null,
    origin: given.origin ?? "api",
    ancestry: [],
    occurrence: null,
  };
  // Without an id of the caller's own nothing can be sent twice, so nothing has to be compared.
  return { event, module, fingerprint: given.id === undefined ? null : fingerprint(given) };
}

function hint(name: string, known: Iterable<string>): { hint?: string } {
  const near = nearest(name, [...known]);
  return near === null ? {} : { hint: `did you mean "${near}"?` };
}

/** Of the content alone: the same content with its keys in another order is the same. */
function fingerprint(given: EventInput): string {
  const { module, type, record, previous, occurredAt, actor, origin } = given;
  const content = JSON.stringify([module, type, sorted(record), sorted(previous ?? null), occurredAt, actor?.id, origin]);
  return createHash("sha256").update(content).digest("base64url");
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key] ?? null)]));
}
