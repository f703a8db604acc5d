import { findField } from "../../criteria/fields.ts";
import { readJsonList } from "../../criteria/list.ts";
import { createReadAll } from "../../criteria/read.ts";
import type { EmailAlert, EmailRecipient } from "../../model/actions/email-alert.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Module } from "../../model/module.ts";
import { isOneAddress } from "../../outbound/mail.ts";
import type { ActionInput } from "../action.ts";
import { usersOf } from "../people.ts";

/** A recipient that gave no address, and why. */
export type LeftOut = { readonly recipient: string; readonly value: string | null; readonly reason: string };

export type Recipients = { readonly to: readonly string[]; readonly leftOut: readonly LeftOut[] };

type Input = Pick<ActionInput<EmailAlert>, "definition" | "record" | "module" | "modules" | "organization" | "lookup">;
/** What a recipient leads to: values that should be addresses, or why there are none. */
type Found = { readonly values: readonly Json[] } | { readonly reason: string };

const MAX_LEFT_OUT = 50;
const MAX_SHOWN = 200;

/**
 * The addresses an alert goes to, in the order written, each once whatever its case. What is not exactly one valid address is left out
 * and named, never repaired (contract, section 6).
 */
export async function resolveRecipients(input: Input): Promise<Recipients> {
  const to = new Map<string, string>();
  const leftOut: LeftOut[] = [];
  const add = (recipient: string, value: Json): void => {
    if (typeof value === "string" && isOneAddress(value)) return void (to.has(value.toLowerCase()) || to.set(value.toLowerCase(), value));
    leftOut.push({
      recipient,
      value: (typeof value === "string" ? value : JSON.stringify(value)).slice(0, MAX_SHOWN),
      reason: "not one valid address",
    });
  };
  for (const recipient of input.definition.recipients) {
    const name = nameOf(recipient);
    const found = await find(recipient, input);
    if ("reason" in found) leftOut.push({ recipient: name, value: null, reason: found.reason });
    else for (const value of found.values) add(name, value);
  }
  for (const address of input.definition.additionalRecipients) add("additionalRecipients", address);
  return { to: [...to.values()], leftOut: leftOut.slice(0, MAX_LEFT_OUT) };
}

function nameOf(recipient: EmailRecipient): string {
  if ("lookup" in recipient) return `field ${recipient.field} of ${recipient.lookup}`;
  return Object.entries(recipient).flat().join(" ");
}

async function find(recipient: EmailRecipient, input: Input): Promise<Found> {
  const { record, module, modules, organization } = input;
  if ("user" in recipient || "role" in recipient) {
    const users = usersOf(recipient, organization);
    return users.length > 0 ? { values: users.map(({ email }) => email) } : { reason: "the organization has no such user" };
  }
  if ("contact" in recipient) {
    const contacts = modules.get("contacts");
    return contacts ? findIn(contacts, recipient.contact, "email", input) : { reason: "there is no module contacts" };
  }
  if (!("lookup" in recipient)) return valuesOf(record, module, recipient.field);
  const target = modules.get(findField(module, recipient.lookup).field?.module ?? "");
  if (!target) return { reason: `${recipient.lookup} is not a lookup to a known module` };
  const [id] = createReadAll(recipient.lookup, findField(module, recipient.lookup).customField)(record);
  if ((typeof id !== "string" && typeof id !== "number") || id === "") return { reason: "the lookup is empty" };
  return findIn(target, String(id), recipient.field, input);
}

async function findIn(module: Module, id: string, field: string, { lookup }: Input): Promise<Found> {
  const record = await lookup(module.name, id);
  return record ? valuesOf(record, module, field) : { reason: `no record ${id.slice(0, MAX_SHOWN)} in ${module.name}` };
}

function valuesOf(record: JsonObject, module: Module, field: string): Found {
  const raw = createReadAll(field, findField(module, field).customField)(record);
  const values = raw.flatMap((value) => readJsonList(value) ?? [value ?? null]).filter((value) => value !== null && value !== "");
  return values.length > 0 ? { values } : { reason: "empty" };
}
