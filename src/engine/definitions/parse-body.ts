import type { z } from "zod";
import { KINDS, type Document, type DocumentOf, type Kind } from "../../model/definition.ts";
import type { Issue } from "../../model/errors.ts";
import { parseWith, validationError } from "../../model/issues.ts";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import type { Modules } from "../../model/module.ts";
import { canonical } from "./identity.ts";
import type { NamedKind } from "./view.ts";

/** Keys of a view that the engine gives: sent back, they say nothing. */
const GIVEN = new Set(["id", "version", "managedBy", "order", "createdAt", "updatedAt"]);

/**
 * A body as a document of its kind. Where it stands for a definition that is there (`current`), the keys that a view adds may come with
 * it, and a secret that was shown as `{ set: true }` is the one that is stored.
 * @throws RulewrightError validation_failed
 */
export function parseBody(kind: NamedKind, body: unknown, current: DocumentOf<Kind> | null, modules: Modules): Document {
  const isKept = current !== null && isJsonObject(body) && isKeptSecret(body["secret"]) && "secret" in current;
  // Each kind's schema gives that kind's document, so one of them gives one of these.
  const schema = KINDS[kind] as z.ZodType<DocumentOf<NamedKind>>;
  const parsed = parseWith(schema, current === null ? body : withoutGiven(kind, body, isKept));
  if (parsed.issues !== null) throw validationError(parsed.issues);
  const document = isKept ? { ...parsed.data, secret: current.secret } : parsed.data;
  // The schema is that of the kind; the compiler sees two unions where each kind goes with its own document.
  return canonical({ kind, document } as Document, modules);
}

function withoutGiven(kind: NamedKind, body: unknown, isKept: boolean): unknown {
  if (!isJsonObject(body)) return body;
  const isGiven = (key: string): boolean =>
    GIVEN.has(key) || (key === "active" && kind !== "WorkflowRule" && kind !== "Schedule") || (key === "secret" && isKept);
  return Object.fromEntries(Object.entries(body).filter(([key]) => !isGiven(key)));
}

function isKeptSecret(secret: unknown): boolean {
  return isJsonObject(secret) && secret["set"] === true && Object.keys(secret).length === 1;
}

/** The top-level keys of `changes` set on a document; null takes a key out. @throws RulewrightError validation_failed */
export function merged(document: object, changes: unknown): JsonObject {
  if (!isJsonObject(changes)) throw validationError([NO_OBJECT]);
  const next = { ...document, ...changes };
  return Object.fromEntries(Object.entries(next).filter(([key, value]) => value !== undefined && changes[key] !== null)) as JsonObject; // documents are JSON
}

const NO_OBJECT: Issue = { path: "", message: "expected a mapping of the keys to change" };
