import { z } from "zod";
import { JsonRecord } from "./record.ts";

/** Numbers that hold for one organization; defaults are the seed's (DESIGN, section 5). */
export const Limits = z.strictObject({
  emailAlertsPerDay: z
    .int()
    .min(0)
    .default(500)
    .describe("Runs of email alerts that may start on one day of the organization, mails sent by functions included; as in Zoho Books."),
  webhooksPerDay: z.int().min(0).default(500).describe("Runs of webhooks that may start on one day of the organization; as in Zoho Books."),
  customFunctionsPerDay: z
    .int()
    .min(0)
    .default(500)
    .describe("Runs of custom functions that may start on one day of the organization; by default as many as webhooks."),
  conditionsPerRule: z.int().min(1).default(10).describe("Conditions that one rule may have; as in Zoho Books."),
  criteriaPerCondition: z.int().min(1).default(10).describe("Criteria that one condition may have; as in Zoho Books."),
  emailAlertsPerRule: z.int().min(0).default(5).describe("Email alerts that one rule may use; as in Zoho Books."),
  fieldUpdatesPerRule: z.int().min(0).default(3).describe("Field updates that one rule may use; as in Zoho Books."),
  webhooksPerRule: z.int().min(0).default(1).describe("Webhooks that one rule may use; as in Zoho Books."),
  customFunctionsPerRule: z.int().min(0).default(1).describe("Custom functions that one rule may use."),
  additionalRecipients: z.int().min(0).default(10).describe("Additional recipients that one email alert may have; as in Zoho Books."),
  schedules: z.int().min(0).default(10).describe("Schedules that the organization may have; as in Zoho Books."),
  rulesPerModule: z.int().min(1).default(1000).describe("Rules that one module may have; every event of a module asks them all."),
});
export type Limits = z.infer<typeof Limits>;

/** Someone of the organization: for roles, the actor of an event, in-app recipients. */
export const User = z.strictObject({
  id: z.string().min(1).describe("The user's id, which recipients name and an event's actor gives."),
  zuid: z.string().optional().describe("The user's id in Zoho, for functions that need it."),
  name: z.string().min(1).describe("The user's name."),
  email: z.string().min(1).describe("The address that mails to the user go to."),
  roles: z.array(z.string().min(1)).default([]).describe("The user's roles, which recipients may name."),
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
export const Organization = z
  .strictObject({
    id: z.string().min(1).default("default").describe("What templates, placeholders and functions see as organization_id."),
    name: z.string().min(1).default("My organization").describe("The organization's name."),
    email: z.string().default("").describe("The organization's address, for templates; mails have their own sender."),
    timeZone: z
      .string()
      .refine(isTimeZone, "expected an IANA time zone such as Asia/Kolkata")
      .default("UTC")
      .describe("The IANA time zone in which days, wall times and quotas count."),
    languageCode: z.string().default("en").describe("The language in which numbers and the names of months and weekdays are written."),
    dateFormat: z
      .string()
      .default("yyyy-MM-dd")
      .describe("How formatDate writes a date: d dd, M MM MMM MMMM, yy yyyy, EEE EEEE, HH mm, text in single quotes."),
    currencyCode: z
      .string()
      .regex(/^[A-Z]{3}$/, "expected an ISO 4217 code such as EUR")
      .default("USD")
      .describe("The currency's ISO 4217 code."),
    currencySymbol: z.string().default("$").describe("What stands before an amount."),
    currencyId: z.string().default("").describe("The currency's id in your system."),
    phone: z.string().default("").describe("The organization's telephone number."),
    fax: z.string().default("").describe("The organization's fax number."),
    website: z.string().default("").describe("The organization's web address."),
    portalName: z.string().default("").describe("The name of the organization's customer portal."),
    address: JsonRecord.default({}).describe("The organization's postal address, with keys of your choice."),
    users: z.array(User).default([]).describe("The people of the organization: recipients, and the actors of events."),
    limits: Limits.prefault({}).describe("Numbers that hold for this organization."),
  })
  .describe("Who the rules work for. One document at most; every key may be left out.");
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
