import type Database from "better-sqlite3";
import type { DefinitionEntry, DocumentOf, Kind } from "../../model/definition.ts";
import type { Json } from "../../model/json.ts";
import type { DefinitionStore, StoredVersion } from "../definitions.ts";
import type { GroupCommit } from "./group-commit.ts";

type VersionRow = {
  readonly id: string;
  readonly version: number;
  readonly kind: string;
  readonly document: string;
  readonly conditions: string;
  readonly created_at: number;
};

export function createDefinitionStore(db: Database.Database, commits: GroupCommit): DefinitionStore {
  const organizations = db.prepare<[], { organization: string }>("select distinct organization from generations");
  const newest = db.prepare<[string], { number: number; entries: string }>(
    "select number, entries from generations where organization = ? order by number desc limit 1",
  );
  const newestNumber = db.prepare<[string], { number: number | null }>(
    "select max(number) as number from generations where organization = ?",
  );
  const numbered = db.prepare<[string, number], { number: number; entries: string }>(
    "select number, entries from generations where organization = ? and number = ?",
  );
  const version = db.prepare<[string, string, number], VersionRow>(
    "select * from versions where organization = ? and id = ? and version = ?",
  );
  const insertVersion = db.prepare(
    "insert into versions (organization, id, version, kind, document, conditions, created_at) values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
  );
  const insertGeneration = db.prepare<[string, number, string]>(
    "insert into generations (organization, number, entries) values (?, ?, ?) on conflict do nothing",
  );
  const toGeneration = (row: { number: number; entries: string } | undefined) =>
    row ? { number: row.number, entries: JSON.parse(row.entries) as DefinitionEntry[] } : null;

  return {
    organizations: async () => organizations.all().map((row) => row.organization),
    current: async (organization) => toGeneration(newest.get(organization)),
    newest: async () => new Map(organizations.all().map(({ organization }) => [organization, newestNumber.get(organization)?.number ?? 0])),
    // One machine, one file: each second's look at `newest` is soon enough.
    onChange: () => () => undefined,
    generation: async (organization, number) => toGeneration(numbered.get(organization, number)),
    versions: async (organization, keys) =>
      keys.flatMap((key) => {
        const row = version.get(organization, key.id, key.version);
        return row ? [toVersion(row)] : [];
      }),
    swap: (organization, next, versions) =>
      commits.write(() => {
        if ((newestNumber.get(organization)?.number ?? 0) !== next.number - 1) return false;
        for (const { id, version: number, kind, document, conditions, createdAt } of versions)
          insertVersion.run(organization, id, number, kind, JSON.stringify(document), JSON.stringify(conditions), createdAt);
        return insertGeneration.run(organization, next.number, JSON.stringify(next.entries)).changes === 1;
      }),
  };
}

function toVersion(row: VersionRow): StoredVersion {
  return {
    id: row.id,
    version: row.version,
    // Written by this adapter from a Kind and a parsed document and by nothing else.
    kind: row.kind as Kind,
    document: JSON.parse(row.document) as DocumentOf<Kind>,
    conditions: JSON.parse(row.conditions) as Json,
    createdAt: row.created_at,
  };
}
