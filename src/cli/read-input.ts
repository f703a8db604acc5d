import { readFile } from "node:fs/promises";
import { RulewrightError } from "../model/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { parseJsonBody } from "../rest/json-body.ts";
import type { Io } from "./io.ts";

/** What a command was given to work on; `previous` is whatever stood there, the engine says what it should be. */
export type Input = { readonly record: JsonObject; readonly previous?: Json };

/**
 * Reads a record, or `{ record, previous }`, from a JSON file or (`-`) from standard input.
 * @throws RulewrightError validation_failed
 */
export async function readInput(file: string, io: Pick<Io, "stdin">): Promise<Input> {
  const name = file === "-" ? "standard input" : file;
  const value = parse(file === "-" ? await io.stdin() : await readText(file), name);
  if (!isJsonObject(value)) return refuse(`${name}: expected one record as a JSON object, got ${inWords(value)}`);
  // `{ record, previous }` and nothing else is the long form; a record may well have a field called `record`.
  const { record, previous, ...rest } = value;
  if (!isJsonObject(record) || Object.keys(rest).length > 0) return { record: value };
  return previous === undefined ? { record } : { record, previous };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT") return refuse(`${file} cannot be read: there is no such file (- reads standard input)`);
    if (code === "EISDIR") return refuse(`${file} cannot be read: it is a folder; give one JSON file with one record`);
    return refuse(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parse(text: string, name: string): unknown {
  if (text.trim() === "") return refuse(`${name} is empty; expected one record as JSON, such as {"invoice_id": "90300", "total": 500}`);
  try {
    // As a request's body: no key twice, no __proto__, no nesting without end. Editors on Windows begin a file with a byte order mark.
    return parseJsonBody(Buffer.from(text.replace(/^\uFEFF/, "")));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const syntax = /^The body is not valid JSON: (.*)/s.exec(message)?.[1];
    return refuse(syntax === undefined ? `${name}: ${message}` : `${name} is not JSON: ${syntax}`);
  }
}

function inWords(value: unknown): string {
  return Array.isArray(value) ? `a list of ${value.length}` : JSON.stringify(value).slice(0, 40);
}

function refuse(message: string): never {
  throw new RulewrightError("validation_failed", message);
}
