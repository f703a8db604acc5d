import type { DefinitionEntry, DocumentOf, Generation, Kind } from "../../model/definition.ts";
import type { Json } from "../../model/json.ts";
import type { DefinitionStore, StoredVersion } from "../definitions.ts";
import { isDuplicateKey, type Calls } from "./calls.ts";
import type { Collections, GenerationDocument, VersionDocument } from "./documents.ts";
import { keyOf, newMark } from "./ids.ts";
import { insertNew } from "./insert.ts";

/**
 * A change of what is defined is one document: the next generation, with the versions that it made inside, inserted under its number, which
 * only one can have. The versions are then written out for themselves; what a crash left inside is found there and written out when asked for.
 */
export function createDefinitionStore(
  calls: Calls,
  { generations, versions }: Collections,
  onChange: DefinitionStore["onChange"],
): DefinitionStore {
  async function newestOf(organization: string): Promise<GenerationDocument | null> {
    return calls("current generation", () =>
      generations.findOne({ organization }, { hint: "number", sort: { number: -1 }, projection: { versions: 0 } }),
    );
  }

  async function newest(): Promise<ReadonlyMap<string, number>> {
    // Seeks from organization to organization in the index.
    const rows = await calls("newest generations", () =>
      generations
        .aggregate<{ _id: string; number: number }>(
          [{ $sort: { organization: 1, number: -1 } }, { $group: { _id: "$organization", number: { $first: "$number" } } }],
          { hint: "number" },
        )
        .toArray(),
    );
    return new Map(rows.map(({ _id, number }) => [_id, number]));
  }

  async function insert(document: GenerationDocument): Promise<boolean> {
    try {
      await calls("swap the generation", () => generations.insertOne(document));
      return true;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const there = await calls("whose generation", () => generations.findOne({ _id: document._id }, { projection: { mark: 1 } }));
      return there?.mark === document.mark;
    }
  }

  /** Versions that a generation made and nobody wrote out. */
  async function writeOut(organization: string, keys: readonly string[]): Promise<readonly VersionDocument[]> {
    const makers = await calls("makers of versions", () =>
      generations.find({ organization, made: { $in: [...keys] } }, { hint: "made", projection: { versions: 1 } }).toArray(),
    );
    const made = makers.flatMap((maker) => maker.versions.filter(({ _id }) => keys.includes(_id)));
    await insertNew(calls, "write versions out", versions, made);
    return made;
  }

  return {
    organizations: async () => [...(await newest()).keys()],
    async current(organization) {
      const document = await newestOf(organization);
      return document && toGeneration(document);
    },
    newest,
    async generation(organization, number) {
      const document = await calls("a generation", () =>
        generations.findOne({ _id: keyOf(organization, number) }, { projection: { versions: 0 } }),
      );
      return document && toGeneration(document);
    },
    async versions(organization, keys) {
      const ids = keys.map(({ id, version }) => keyOf(organization, id, version));
      const found = await calls("versions", () => versions.find({ _id: { $in: ids } }).toArray());
      const missing = ids.filter((id) => !found.some(({ _id }) => _id === id));
      const written = missing.length === 0 ? [] : await writeOut(organization, missing);
      return [...found, ...written].map(toVersion);
    },
    async swap(organization, next, made) {
      if (((await newestOf(organization))?.number ?? 0) !== next.number - 1) return false;
      const documents = made.map((version) => toVersionDocument(organization, version));
      const swapped = await insert({
        _id: keyOf(organization, next.number),
        organization,
        number: next.number,
        entries: JSON.stringify(next.entries),
        made: documents.map(({ _id }) => _id),
        versions: documents,
        mark: newMark(),
      });
      if (swapped) await insertNew(calls, "write versions out", versions, documents);
      return swapped;
    },
    onChange,
  };
}

function toGeneration({ number, entries }: GenerationDocument): Generation {
  return { number, entries: JSON.parse(entries) as DefinitionEntry[] };
}

function toVersionDocument(organization: string, { id, version, kind, document, conditions, createdAt }: StoredVersion): VersionDocument {
  const json = { document: JSON.stringify(document), conditions: JSON.stringify(conditions) };
  return { _id: keyOf(organization, id, version), id, version, kind, ...json, createdAt };
}

function toVersion({ id, version, kind, document, conditions, createdAt }: VersionDocument): StoredVersion {
  return {
    id,
    version,
    // Written by this adapter from a Kind and a parsed document and by nothing else.
    kind: kind as Kind,
    document: JSON.parse(document) as DocumentOf<Kind>,
    conditions: JSON.parse(conditions) as Json,
    createdAt,
  };
}
