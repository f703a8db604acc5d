import { moduleOf, type Document, type Kind } from "../../model/definition.ts";
import type { Modules } from "../../model/module.ts";

/** What the ids of a kind begin with. */
export const PREFIXES = {
  Organization: "org",
  Module: "mod",
  EmailTemplate: "tpl",
  EmailAlert: "eml",
  InAppNotification: "ian",
  FieldUpdate: "fup",
  Connection: "con",
  Webhook: "whk",
  CustomFunction: "fun",
  WorkflowRule: "rul",
  Schedule: "sch",
} as const satisfies Record<Kind, string>;

/** What makes a definition the same one: its kind, its module and its name (contract, section 1). */
export function keyOf(kind: Kind, module: string | null, name: string): string {
  return `${kind}\n${module ?? ""}\n${name}`;
}

/** Names are unique per kind, those of rules per kind and module. */
export function uniqueKeyOf(kind: Kind, module: string | null, name: string): string {
  return keyOf(kind, kind === "WorkflowRule" ? module : null, name);
}

export function nameOf(one: Document): string {
  return one.kind === "Organization" ? "organization" : one.document.name;
}

/** A kind in words: `webhook`, `in-app notification`. */
export function kindInWords(kind: Kind): string {
  return kind === "InAppNotification" ? "in-app notification" : kind.replace(/(?!^)([A-Z])/g, " $1").toLowerCase();
}

/** A definition in words: `webhook "post-to-erp"`. */
export function titleOf(kind: Kind, name: string): string {
  return kind === "Organization" ? "the organization" : `${kindInWords(kind)} "${name}"`;
}

/** Kinds of which there is one, or one a module, and no routes to delete it: a file that defines it takes over what was set by REST. */
export function isSetting(kind: Kind): boolean {
  return kind === "Organization" || kind === "Module";
}

/** The document with its module by the module's own name, so that `estimates` and `quotes` are one. */
export function canonical(one: Document, modules: Modules): Document {
  const module = moduleOf(one);
  if (one.kind === "Module")
    return { kind: one.kind, document: { ...one.document, name: modules.get(one.document.name)?.name ?? one.document.name } };
  if (module === null) return one;
  // Only the name of the module changes, so the document stays of its kind.
  return { kind: one.kind, document: { ...one.document, module: modules.get(module)?.name ?? module } } as Document;
}
