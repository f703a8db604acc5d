import { isKind, KINDS, type Document, type Kind } from "../model/definition.ts";
import { isJsonObject } from "../model/json.ts";
import { nearest } from "../model/nearest.ts";
import { expectation } from "../model/expectation.ts";
import { inWords } from "../model/written.ts";
import { explain } from "./explain.ts";
import { include } from "./include.ts";
import type { Located } from "./located.ts";
import type { Problem } from "./mistake.ts";

const KNOWN = `expected one of ${Object.keys(KINDS).join(", ")}`;

/** `included`: the files that it names, also those that cannot be read. */
export type Checked = { readonly document: Document | null; readonly problems: readonly Problem[]; readonly included: readonly string[] };

/** One YAML document against the schema of its kind; the document is null where there are problems. */
export async function checkDocument(root: Located, file: string): Promise<Checked> {
  const kind = kindOf(root);
  if (typeof kind !== "string") return { document: null, problems: [kind], included: [] };
  const { values, problems, included } = await include(kind, root, file);
  const parsed = KINDS[kind].safeParse(values, { error: expectation });
  if (!parsed.success)
    return {
      document: null,
      problems: [...problems, ...explain(parsed.error, root)],
      included,
    };
  if (problems.length > 0) return { document: null, problems, included };
  // The schema is that of the kind; the compiler sees two unions where each kind goes with its own document.
  return { document: { kind, document: parsed.data } as Document, problems: [], included };
}

function kindOf(root: Located): Kind | Problem {
  if (!isJsonObject(root.value)) {
    return {
      ...root.place,
      message: `expected a document with a kind, got ${inWords(root)}`,
      hint: "kind: WorkflowRule",
    };
  }
  const node = root.children.get("kind")?.node;
  if (!node) return { ...root.place, message: `missing key "kind": ${KNOWN}`, hint: null };
  const { value, place } = node;
  if (typeof value === "string" && isKind(value)) return value;
  const near = nearest(node.written, Object.keys(KINDS));
  return {
    ...place,
    message: `${KNOWN}, got ${inWords(node)}`,
    hint: near === null ? null : `did you mean "${near}"?`,
  };
}
