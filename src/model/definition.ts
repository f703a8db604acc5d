import type { z } from "zod";
import type { ActionType } from "./action-type.ts";
import { CustomFunction } from "./actions/custom-function.ts";
import { EmailAlert } from "./actions/email-alert.ts";
import { EmailTemplate } from "./actions/email-template.ts";
import { FieldUpdate } from "./actions/field-update.ts";
import { InAppNotification } from "./actions/in-app-notification.ts";
import { Webhook } from "./actions/webhook.ts";
import { Connection } from "./connection.ts";
import { ModuleDocument } from "./module.ts";
import { Organization } from "./organization.ts";
import { WorkflowRule } from "./rule.ts";
import { Schedule } from "./schedule.ts";

/** One schema per kind of document: the source of its type, of the REST body, the file check and the published JSON Schema. */
export const KINDS = {
  Organization,
  Module: ModuleDocument,
  EmailTemplate,
  EmailAlert,
  InAppNotification,
  FieldUpdate,
  Connection,
  Webhook,
  CustomFunction,
  WorkflowRule,
  Schedule,
} as const;
export type Kind = keyof typeof KINDS;

export function isKind(name: string): name is Kind {
  return Object.hasOwn(KINDS, name);
}
export type DocumentOf<K extends Kind> = { [P in Kind]: P extends "Webhook" ? Webhook : z.infer<(typeof KINDS)[P]> }[K];
/** A document with its kind beside it: `{ kind: "Webhook", document }`. */
export type Document = { [K in Kind]: { readonly kind: K; readonly document: DocumentOf<K> } }[Kind];

/** The kind that defines an action of a type. */
export const KIND_OF_ACTION = {
  emailAlert: "EmailAlert",
  inAppNotification: "InAppNotification",
  fieldUpdate: "FieldUpdate",
  webhook: "Webhook",
  customFunction: "CustomFunction",
} as const satisfies Record<ActionType, Kind>;
export type ActionKind = (typeof KIND_OF_ACTION)[ActionType];
export type ActionDefinition = {
  [T in ActionType]: { readonly type: T; readonly document: DocumentOf<(typeof KIND_OF_ACTION)[T]> };
}[ActionType];

/** Module of a document, or null where it belongs to none (Organization, Module, Connection, Schedule). */
export function moduleOf({ document }: Document): string | null {
  return "module" in document ? document.module : null;
}

/** What a generation says of one definition; the document itself stands under (id, version) and never changes. */
export type DefinitionEntry = {
  readonly id: string;
  readonly kind: Kind;
  readonly module: string | null;
  readonly name: string;
  readonly version: number;
  readonly active: boolean;
  /** Missing from its folder, or deleted: keeps its id for a document that comes back. */
  readonly removed: boolean;
  readonly managedBy: "file" | "api";
  /** Rules run in this order within their module, from 1. */
  readonly order: number;
  /** Names it had: runs that were planned under them find it. */
  readonly formerly?: readonly string[];
  /** Its pending runs are being cancelled; gone once they are. */
  readonly cancelling?: true;
  /** Of a date rule or a schedule: since when it counts, ms. What came before it was active, or was timed otherwise, does not exist. */
  readonly activeSince?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** Everything that is defined at one moment, swapped as one document. */
export type Generation = { readonly number: number; readonly entries: readonly DefinitionEntry[] };
