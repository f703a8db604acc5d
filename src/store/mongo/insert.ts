import type { Collection, Document } from "mongodb";
import { DUPLICATE_KEY, type Calls } from "./calls.ts";
import { WRITE_CONCERN } from "./write-concern.ts";

/** What a server takes in one message is 48 MB; a document here is 16 MB at most, and almost all of it is text. */
const MOST_CHARACTERS = 8_000_000;

/**
 * Inserts documents under keys of their own and leaves those alone that are there. Answers the positions of the latter, which may be there
 * because a first try of this very call wrote them. Said as the bare command: the driver's `insertMany` measures each document before it
 * writes it, and costs half as much again (measured).
 */
export async function insertNew<D extends { _id: string }>(
  calls: Calls,
  name: string,
  { db, collectionName }: Collection<D>,
  documents: readonly D[],
): Promise<ReadonlySet<number>> {
  const there: number[] = [];
  for (const [from, to] of parts(documents)) {
    const command = { insert: collectionName, documents: documents.slice(from, to), ordered: false, writeConcern: AS_COMMANDED };
    const reply = await calls(name, () => db.command(command));
    // What the server says of single documents, as it is documented.
    const errors = (reply["writeErrors"] ?? []) as readonly { readonly index: number; readonly code: number; readonly errmsg: string }[];
    const other = errors.find(({ code }) => code !== DUPLICATE_KEY);
    if (other) throw new Error(`${name}: the server refused a document: ${other.errmsg} (${other.code})`);
    there.push(...errors.map(({ index }) => from + index));
  }
  return there.length === 0 ? NONE : new Set(there);
}

/** As a bare command says it. */
const AS_COMMANDED = { w: WRITE_CONCERN.w, j: WRITE_CONCERN.journal };
const NONE: ReadonlySet<number> = new Set();

/** Bounds of parts that fit into a message, by the length of the documents' own texts. */
function parts(documents: readonly Document[]): readonly (readonly [from: number, to: number])[] {
  const bounds: [number, number][] = [];
  let size = Infinity;
  for (const [i, document] of documents.entries()) {
    let own = 0;
    for (const key in document) if (typeof document[key] === "string") own += document[key].length;
    const last = bounds.at(-1);
    if (last && size + own <= MOST_CHARACTERS) {
      last[1] = i + 1;
      size += own;
    } else {
      bounds.push([i, i + 1]);
      size = own;
    }
  }
  return bounds;
}
