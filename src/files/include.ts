import { dirname, isAbsolute, join } from "node:path";
import type { z } from "zod";
import type { Kind } from "../model/definition.ts";
import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { expectation } from "../model/expectation.ts";
import { explain } from "./explain.ts";
import { FilePath, FileReference } from "./file-form.ts";
import type { Located } from "./located.ts";
import type { Place, Problem } from "./mistake.ts";
import { readText } from "./read-text.ts";

const TEMPLATE_BYTES = 64 * 1024;
const CODE_BYTES = 256 * 1024;

/** Stands for a content that could not be read, so that the rest of its document is still checked. */
const UNREAD = "?";

export type Included = { readonly values: JsonObject; readonly problems: readonly Problem[]; readonly included: readonly string[] };

/**
 * A document's values with the files that it names read in: `html: { file }` and `text: { file }` of a template, `file` of a custom
 * function as its `code`. Paths are relative to the document's file and may lead out of the rules folder.
 */
export async function include(kind: Kind, root: Located, file: string): Promise<Included> {
  const values: Record<string, Json> = {};
  for (const [key, { node }] of root.children) if (key !== "kind") values[key] = node.value;
  const problems: Problem[] = [];
  const included: string[] = [];
  const read = async (key: string, parsed: z.ZodSafeParseResult<string>, node: Located, limit: number): Promise<void> => {
    const target = parsed.success ? pathFrom(file, parsed.data) : "";
    if (parsed.success) included.push(target);
    const content = parsed.success ? await readIncluded(target, node.place, limit) : explain(parsed.error, node);
    values[key] = typeof content === "string" ? content : UNREAD;
    if (typeof content !== "string") problems.push(...content);
  };
  if (kind === "EmailTemplate") {
    for (const key of ["html", "text"]) {
      const node = root.children.get(key)?.node;
      if (!node || !isJsonObject(node.value)) continue;
      const reference = FileReference.transform((value) => value.file).safeParse(node.value, {
        error: expectation,
      });
      await read(key, reference, node, TEMPLATE_BYTES);
    }
  }
  const code = kind === "CustomFunction" ? root.children.get("file") : undefined;
  if (code) {
    if (root.children.has("code")) problems.push({ ...code.key, message: "expected either code or file, got both", hint: null });
    await read("code", FilePath.safeParse(code.node.value, { error: expectation }), code.node, CODE_BYTES);
    delete values["file"];
  }
  return { values, problems, included };
}

function pathFrom(file: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}

async function readIncluded(target: string, place: Place, limit: number): Promise<string | readonly Problem[]> {
  const text = await readText(target, limit);
  if (typeof text === "string") return text;
  const where = text.line === 1 && text.column === 1 ? target : `${target}:${text.line}:${text.column}`;
  return [{ ...place, message: `${where}: ${text.message}`, hint: text.hint }];
}
