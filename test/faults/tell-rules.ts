/** One rule that tells a receiver at this port of every invoice that is created. */
export function tellRules(port: number): string {
  return `
kind: Webhook
name: tell
module: invoices
url: http://127.0.0.1:${port}/
---
kind: WorkflowRule
name: told
module: invoices
trigger: { type: event, on: [created] }
conditions:
  - immediateActions: [{ type: webhook, name: tell }]
`;
}
