import { describe, expect, it } from "vitest";
import { createInAppNotificationHandler } from "../../../src/actions/in-app-notification/handler.ts";
import { createTemplates } from "../../../src/actions/templates/templates.ts";
import { InAppNotification } from "../../../src/model/actions/in-app-notification.ts";
import { inputOf, moduleNamed, modules, organization } from "../action-input.ts";

const handler = createInAppNotificationHandler({ templates: createTemplates() });
const context = { organization, modules, module: moduleNamed("invoices"), template: () => null, templates: [], connections: [] };

function notification(more: Partial<InAppNotification> = {}): InAppNotification {
  return InAppNotification.parse({
    name: "big-sale",
    module: "invoices",
    title: "Sale worth {{formatMoney record.total}}",
    message: "{{record.customer_name}} bought",
    recipients: [{ everyone: true }],
    ...more,
  });
}

async function run(definition: InAppNotification, record = {}) {
  const notes: { user: string; title: string; message: string }[] = [];
  const result = await handler.run(
    inputOf(definition, { record: { total: "12000.0", ...record }, notify: async (given) => void notes.push(...given) }),
  );
  return { result, notes };
}

describe("recipients", () => {
  it.each([
    ["everyone", [{ everyone: true }], ["1", "2", "3"]],
    ["a role", [{ role: "admin" }], ["1", "2"]],
    ["a user", [{ user: "2" }], ["2"]],
    ["each user once", [{ user: "2" }, { role: "admin" }, { role: "sales" }, { everyone: true }], ["2", "1", "3"]],
    ["only those whom the organization has", [{ user: "9" }, { role: "sales" }], ["2"]],
  ] as const)("are %s", async (_, recipients, users) => {
    const { result, notes } = await run(notification({ recipients: [...recipients] }));
    expect(notes.map(({ user }) => user)).toEqual(users);
    expect(result).toEqual({ outcome: "succeeded", response: { users } });
  });

  it("who are nobody skip the run", async () => {
    const { result, notes } = await run(notification({ recipients: [{ role: "gone" }] }));
    expect(result).toMatchObject({ outcome: "skipped", reason: "noRecipient" });
    expect(notes).toEqual([]);
  });
});

it("renders title and message as text, the title in one line", async () => {
  const { notes } = await run(notification({ title: "{{record.customer_name}}: {{formatMoney record.total}}" }), {
    customer_name: "<A> & B\nGmbH",
  });
  expect(notes[0]).toEqual({ user: "1", title: "<A> & B GmbH: Rs.12,000.00", message: "<A> & B\nGmbH bought" });
});

it("ends the run where the record makes too much of the template", async () => {
  const { result, notes } = await run(notification({ message: "{{record.note}}" }), { note: "x".repeat(300_000) });
  expect(result).toMatchObject({ outcome: "failed", retry: false, error: expect.stringContaining("256 KB") });
  expect(notes).toEqual([]);
});

describe("check", () => {
  it("finds nothing wrong with the contract's example", () => {
    expect(handler.check(notification({ recipients: [{ role: "admin" }, { user: "1" }, { everyone: true }] }), context)).toEqual([]);
  });
  it.each([
    [{ recipients: [{ role: "admln" }] }, "recipients.0.role", 'did you mean "admin"?'],
    [{ recipients: [{ everyone: true as const }, { user: "9" }] }, "recipients.1.user", "known: 1, 2, 3"],
    [{ title: "{{recrod.total}}" }, "title", 'did you mean "record"?'],
    [{ message: "{{frmatMoney record.total}}" }, "message", 'did you mean "formatMoney"?'],
  ])("%j is wrong at %s", (more, path, hint) => {
    expect(handler.check(notification(more), context)).toMatchObject([{ path, hint }]);
  });
});
