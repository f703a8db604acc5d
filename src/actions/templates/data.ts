import type { RecordEvent } from "../../model/event.ts";
import type { JsonObject } from "../../model/json.ts";
import { type Organization, organizationMap, type User } from "../../model/organization.ts";
import type { RuleReference } from "../../model/rule.ts";

/** What a template is rendered for. An action's input is one. */
export type TemplateData = {
  readonly record: JsonObject;
  readonly previous: JsonObject | null;
  readonly event: RecordEvent | null;
  readonly rule: RuleReference | null;
  readonly organization: Organization;
  readonly user: User | null;
};

/** The variables of a template (contract, section 1) as JSON of their own: what a host's record brings along beyond JSON is not in them. */
export function variablesOf({ record, previous, event, rule, organization, user }: TemplateData): JsonObject {
  const variables: JsonObject = {
    record,
    previous,
    event: event && {
      id: event.id,
      type: event.type,
      module: event.module,
      occurredAt: new Date(event.occurredAt).toISOString(),
      origin: event.origin,
    },
    rule: rule && { ...rule },
    organization: organizationMap(organization),
    user: userMap(user),
  };
  // What JSON.parse gives for an object's text is an object.
  return JSON.parse(JSON.stringify(variables)) as JsonObject;
}

/** The organization's settings with the record's own currency, where it says one: its amounts are in that. */
export function inCurrencyOf({ record, organization }: Pick<TemplateData, "record" | "organization">): Organization {
  const { currency_symbol: symbol, currency_code: code } = record;
  if (typeof symbol === "string" && symbol !== "") return { ...organization, currencySymbol: symbol };
  if (typeof code !== "string" || code === "" || code === organization.currencyCode) return organization;
  return { ...organization, currencySymbol: `${code} ` };
}

/** The actor as templates and functions see them. */
export function userMap(user: User | null): JsonObject | null {
  return user && { id: user.id, zuid: user.zuid ?? "", name: user.name, email: user.email, roles: user.roles };
}
