import type { DocumentOf, Kind } from "../../model/definition.ts";
import type { Organization } from "../../model/organization.ts";
import type { StoredVersion } from "../../store/definitions.ts";
import type { Defined } from "./snapshot.ts";
import { iso } from "../views.ts";

/** Kinds that have routes and methods of their own, with ids. */
export type NamedKind = Exclude<Kind, "Organization" | "Module">;

/** What stands where a literal secret was saved; sent back, it keeps that secret. */
export type KeptSecret = { readonly set: true };

type Shown<K extends Kind> = K extends "Webhook"
  ? Omit<DocumentOf<K>, "secret"> & { readonly secret?: KeptSecret | { readonly env: string } }
  : DocumentOf<K>;

/** A definition as every way in shows it: its document's keys, and what the engine knows of it. Instants are ISO 8601. */
export type DefinitionView<K extends NamedKind = NamedKind> = Shown<K> & {
  readonly id: string;
  readonly version: number;
  readonly active: boolean;
  readonly managedBy: "file" | "api";
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Of rules: the place in which it runs within its module, from 1. */
} & (K extends "WorkflowRule" ? { readonly order: number } : unknown);

/** One saved version: the document as it was, and when it was saved. */
export type VersionView<K extends NamedKind = NamedKind> = Shown<K> & { readonly version: number; readonly createdAt: string };

export type OrganizationView = Organization & { readonly managedBy: "file" | "api" | "default" };

export function definitionView<K extends NamedKind>(kind: K, { document, entry }: Defined): DefinitionView<K> {
  const { id, version, active, managedBy, createdAt, updatedAt } = entry;
  const order = kind === "WorkflowRule" ? { order: entry.order } : {};
  const view = { ...shown(document), id, version, active, managedBy, ...order, createdAt: iso(createdAt), updatedAt: iso(updatedAt) };
  // The entry's kind is `kind`, which is how it was found.
  return view as unknown as DefinitionView<K>;
}

export function versionView<K extends NamedKind>(_kind: K, { document, version, createdAt }: StoredVersion): VersionView<K> {
  return { ...shown(document), version, createdAt: iso(createdAt) } as unknown as VersionView<K>; // as above
}

export function shown(document: DocumentOf<Kind>): Readonly<Record<string, unknown>> {
  if (!("secret" in document) || typeof document.secret !== "object" || !("sealed" in document.secret)) return document;
  return { ...document, secret: { set: true } satisfies KeptSecret };
}
