import { z } from "zod";
import { KINDS } from "../model/definition.ts";
import { Limits } from "../model/organization.ts";
import { answers, KEYED, WITH_BODY } from "./answers.ts";
import type { App, RouteDeps } from "./app.ts";
import { requireBody } from "./body.ts";
import { component } from "./components.ts";
import { query } from "./query.ts";
import { uncheckedBody } from "./validate.ts";

const NONE = query({});
const tags = ["settings"];
const organizationExample = { name: "Zylker", timeZone: "Asia/Kolkata", currencyCode: "INR", currencySymbol: "Rs." };

const OrganizationBody = component(
  "OrganizationBody",
  "Limits left out stay as they are.",
  () => z.strictObject(KINDS.Organization.shape),
  () => organizationExample,
);
export const OrganizationAnswer = component(
  "Organization",
  "Its name, zone, currency, users and limits.",
  () => z.strictObject({ ...KINDS.Organization.shape, managedBy: z.enum(["file", "api", "default"]) }),
  () => ({ ...KINDS.Organization.parse(organizationExample), managedBy: "api" }),
);
const LimitsBody = component(
  "LimitsBody",
  "Those left out have their defaults again.",
  () => z.strictObject(Limits.shape),
  () => ({ emailAlertsPerDay: 1000 }),
);
export const LimitsAnswer = component(
  "Limits",
  "Numbers that hold for the organization.",
  () => z.strictObject(Limits.shape),
  () => Limits.parse({ emailAlertsPerDay: 1000 }),
);

/** The organization and its limits: there is one of each. */
export function settingsRoutes(app: App, deps: RouteDeps): void {
  organizationRoutes(app, deps);
  limitsRoutes(app, deps);
}

function organizationRoutes(app: App, { engine, organization }: RouteDeps): void {
  app.get(
    "/organization",
    {
      schema: {
        operationId: "getOrganization",
        summary: "The organization",
        tags,
        querystring: NONE,
        response: answers({ 200: OrganizationAnswer }, ...KEYED),
      },
    },
    async () => engine.settings.organization(organization),
  );

  app.put(
    "/organization",
    {
      preValidation: requireBody,
      validatorCompiler: uncheckedBody,
      schema: {
        operationId: "replaceOrganization",
        summary: "Saves the organization as a whole; its limits only where they are given",
        tags,
        querystring: NONE,
        body: OrganizationBody,
        response: answers({ 200: OrganizationAnswer }, ...KEYED, ...WITH_BODY, "conflict", "managed_by_file"),
      },
    },
    ({ body }) => engine.settings.replaceOrganization(organization, body),
  );
}

function limitsRoutes(app: App, { engine, organization }: RouteDeps): void {
  app.get(
    "/limits",
    {
      schema: {
        operationId: "getLimits",
        summary: "What the organization may have and do a day",
        tags,
        querystring: NONE,
        response: answers({ 200: LimitsAnswer }, ...KEYED),
      },
    },
    async () => engine.settings.limits(organization),
  );

  app.put(
    "/limits",
    {
      preValidation: requireBody,
      validatorCompiler: uncheckedBody,
      schema: {
        operationId: "replaceLimits",
        summary: "Saves the limits as a whole",
        tags,
        querystring: NONE,
        body: LimitsBody,
        response: answers({ 200: LimitsAnswer }, ...KEYED, ...WITH_BODY, "conflict", "managed_by_file"),
      },
    },
    ({ body }) => engine.settings.replaceLimits(organization, body),
  );
}
