import { ORGANIZATION } from "../support/engine.ts";
import { firing, send, type Scenario } from "./ambiguous-scenario.ts";

const rules = (more = ""): string => `
kind: Organization
users: [{ id: u0, name: U0, email: u0@example.com }, { id: u1, name: U1, email: u1@example.com }]
---
kind: InAppNotification
name: seen
module: quotes
title: Seen
recipients: [{ everyone: true }]
---
kind: WorkflowRule
name: first
module: quotes
trigger: { type: event, on: [approved], repeat: firstTime }
conditions: [{ immediateActions: [{ type: inAppNotification, name: seen }] }]
---
kind: WorkflowRule
name: put
module: quotes
trigger: { type: event, on: [edited] }
conditions: [{ immediateActions: [{ type: inAppNotification, name: seen }] }]
${more}`;

const CHANGED = rules(`---
kind: WorkflowRule
name: late
module: quotes
trigger: { type: event, on: [submitted] }
conditions: [{ immediateActions: [{ type: inAppNotification, name: seen }] }]
`);

const quote = (id: string, event: string, type: string) => ({
  id: event,
  module: "quotes",
  type,
  origin: "user",
  record: { quote_id: id, reference_number: "as sent" },
});

const AUTHOR = { organization: ORGANIZATION, origin: "api", ancestry: [] } as const;

/** Two events of which only one may be the first, a record that is put with an expected revision, and a rule that comes with a change of what is defined. */
export function quotes(): Scenario {
  const approved = [quote("7", "evt-approved", "approved"), quote("7", "evt-approved-too", "approved")];
  const late = [quote("8", "evt-late", "submitted")];
  return {
    name: "quotes",
    puts: 1,
    async play(subject) {
      await subject.ask(({ apply }) => apply(rules()));
      await send(subject, approved);
      await subject.quiet();
      // Of what happens in the same millisecond in two processes, nobody can say which is later.
      subject.clock.moveBy(1);
      await subject.ask(async ({ engine: { records } }) => {
        const found = await records.get(ORGANIZATION, "quotes", "7");
        // Whoever is not answered looks whether it was done.
        if (found.body["reference_number"] === "as put") return;
        await records.replace("quotes", "7", { quote_id: "7", reference_number: "as put" }, found.revision, AUTHOR);
      });
      await subject.ask(({ apply }) => apply(CHANGED));
      await send(subject, late);
    },
    expected: (puts) => ({
      acknowledged: new Map([
        ...firing(approved),
        ...firing(late, "late"),
        ...firing(
          puts.map((id) => ({ id })),
          "put",
        ),
      ]),
      cascades: new Map(),
      firstTime: new Map([["first", new Set(["7"])]]),
      records: [{ module: "quotes", id: "7", holds: { reference_number: "as put" } }],
      limits: {},
    }),
  };
}
