import type { TemplateData } from "../../../src/actions/templates/templates.ts";
import { Organization } from "../../../src/model/organization.ts";

export const organization = Organization.parse({
  id: "12345678",
  name: "Zylker & Sons",
  timeZone: "Asia/Kolkata",
  dateFormat: "dd MMM yyyy",
  currencyCode: "INR",
  currencySymbol: "Rs.",
});

export function data(more: Partial<TemplateData> = {}): TemplateData {
  return {
    record: {
      invoice_id: "90300",
      customer_name: "José <b>",
      total: "12000.0",
      date: "2026-11-20",
      line_items: [{ name: "pen" }, { name: "ink" }],
    },
    previous: null,
    event: null,
    rule: { id: "rule-1", name: "thank-you", version: 1 },
    organization,
    user: { id: "7605001", name: "Charles", email: "charles@zylker.example", roles: ["admin"] },
    ...more,
  };
}
