import { z } from "zod";
import { JsonRecord } from "./record.ts";

/** Numbers that hold for one organization; defaults are the seed's (DESIGN, section 5). */
export const Limits = z.strictObject({
  emailAlertsPerDay: z.int().min(0).default(500),
  webhooksPerDay: z.int().min(0).default(500),
  customFunctionsPerDay: z.int().min(0).default(500),
  conditionsPerRule: z.int().min(1).default(10),
  criteriaPerCondition: z.int().min(1).default(10),
  emailAlertsPerRule: z.int().min(0).default(5),
  fieldUpdatesPerRule: z.int().min(0).default(3),
  webhooksPerRule: z.int().min(0).default(1),
  customFunctionsPerRule: z.int().min(0).default(1),
  additionalRecipients: z.int().min(0).default(10),
  schedules: z.int().min(0).default(10),
  rulesPerModule: z.int().min(1).default(1000),
});
export type Limits = z.infer<typeof Limits>;

/** Someone of the organization: for roles, the actor of an event, in-app recipients. */
export const User = z.strictObject({
  id: z.string().min(1),
  zuid: z.string().optional(),
  name: z.string().min(1),
  email: z.string().min(1),
  roles: z.array(z.string().min(1)).default([]),
});
export type User = z.infer<typeof User>;

function isTimeZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
  } catch {
    return false;
  }
}

/** The tenant. Everything belongs to one; `id` is what functions and templates see as `organization_id`. */
export const Organization = z.strictObject({
  id: z.string().min(1).default("default"),
  name: z.string().min(1).default("My organization"),
  email: z.string().default(""),
  timeZone: z.string().refine(isTimeZone, "expected an IANA time zone such as Asia/Kolkata").default("UTC"),
  languageCode: z.string().default("en"),
  dateFormat: z.string().default("yyyy-MM-dd"),
  currencyCode: z
    .string()
    .regex(/^[A-Z]{3}$/, "expected an ISO 4217 code such as EUR")
    .default("USD"),
  currencySymbol: z.string().default("$"),
  currencyId: z.string().default(""),
  phone: z.string().default(""),
  fax: z.string().default(""),
  website: z.string().default(""),
  portalName: z.string().default(""),
  address: JsonRecord.default({}),
  users: z.array(User).default([]),
  limits: Limits.prefault({}),
});
export type Organization = z.infer<typeof Organization>;

/** The seed's keys of the organization map, which templates, placeholders and functions see. */
export function organizationMap(organization: Organization): z.infer<typeof JsonRecord> {
  return {
    organization_id: organization.id,
    organisation_id: organization.id,
    name: organization.name,
    email: organization.email,
    time_zone: organization.timeZone,
    language_code: organization.languageCode,
    date_format: organization.dateFormat,
    currency_id: organization.currencyId,
    currency_code: organization.currencyCode,
    currency_symbol: organization.currencySymbol,
    address: organization.address,
    phone: organization.phone,
    fax: organization.fax,
    website: organization.website,
    portal_name: organization.portalName,
  };
}
