/** The long example of the contract, section 1: every kind, every form. The files that it names do not exist here. */
export const CONTRACT_EXAMPLE = `kind: Organization            # at most one; all keys optional
id: "12345678"                # what functions and templates see as organization_id
name: Zylker
email: charles@zylker.example
timeZone: Asia/Kolkata        # IANA
languageCode: en
dateFormat: dd MMM yyyy
currencyCode: INR
currencySymbol: Rs.
currencyId: "7605000000000099"
phone: "99999999999"
fax: ""
website: https://zylker.example
portalName: zylkerindustry
address: { street_address1: 6/35 Garden Lane, city: New Delhi, state: Delhi, zip: "624001", country: India }
users:                        # for roles, the actor of an event, in-app recipients
  - { id: "7605001", zuid: "10001", name: Charles, email: charles@zylker.example, roles: [admin] }
limits:                       # defaults are the seed's numbers; see DESIGN section 5
  emailAlertsPerDay: 500
  webhooksPerDay: 500
  customFunctionsPerDay: 500
---
kind: Module                  # a module of your own, or more fields for a built-in one
name: projects
label: Projects
singular: project             # default: without the final s; used in the default payload, placeholders and function arguments
idField: project_id           # default: <singular>_id, then id
fields:
  - { name: budget, type: currency }
  - { name: due_date, type: date }
  - { name: cf_stage, type: picklist, label: Stage, options: [draft, running, done] }
  - { name: customer_id, type: lookup, module: contacts }
triggers: [handed_over]       # custom trigger names that events and rules of this module may use
# types: text textarea email phone url integer decimal currency percent boolean date datetime picklist multiselect lookup attachment object list
---
kind: EmailTemplate
name: thank-you
module: invoices
subject: "Thank you, {{record.customer_name}}"
html: { file: ../templates/thank-you.hbs }      # or inline; relative to this file
text: "Your coupon: {{organization.name}}-10"   # optional; made from the HTML when left out
---
kind: EmailAlert
name: thank-you
module: invoices
template: thank-you
from: billing@zylker.example                    # default: the configured sender
replyTo: sales@zylker.example
recipients:                                     # at least one of recipients, additionalRecipients
  - { field: email }                            # an address, or a list of them, in the record
  - { lookup: customer_id, field: email }       # in the record that the lookup points to
  - { contact: "7605000000197147" }             # a chosen contact
  - { user: "7605001" }
  - { role: admin }
additionalRecipients: [sales@zylker.example]    # at most 10
---
kind: EmailAlert
name: coupon-reminder
module: invoices
template: thank-you
recipients: [{ field: email }]
---
kind: InAppNotification
name: big-sale
module: invoices
title: "Sale worth {{formatMoney record.total}}"
message: "{{record.customer_name}} bought for {{formatMoney record.total}}"
recipients: [{ role: admin }, { user: "7605001" }, { everyone: true }]
---
kind: FieldUpdate
name: extend-expiry
module: quotes
field: expiry_date
value: "2015-06-30"           # or {field: other_field}, or {days: 30, of: date}; or instead of value: updateWithEmptyValue: true
---
kind: Connection              # credentials used by webhooks and functions; secrets come from the environment, never from the file
name: erp
type: bearer                  # basic | bearer | apiKey | oauth2ClientCredentials
token: { env: ERP_TOKEN }
---
kind: Webhook
name: post-to-erp
module: invoices
description: Tell the ERP
method: POST                  # POST | PUT | DELETE
url: https://erp.example/hooks/books?source=books
parameters: [{ name: token, value: abc }, { name: invoice, value: "\${INVOICE.INVOICE_NUMBER}" }]   # query
headers: [{ name: X-Source, value: rulewright }]
secret: { env: ERP_WEBHOOK_SECRET }             # or a literal of 12 to 50 letters and digits; never shown again
authorization: { type: self }                   # or { type: connection, connection: erp }
body: { type: default }
#     { type: formUrlEncoded, parameters: [{ name: msg, value: "Hello \${CONTACT.CONTACT_NAME}" }] }
#     { type: formData, parts: [{ name: note, value: hi }, { name: file, field: cf_attachment }] }
#     { type: raw, content: '{"total": "\${INVOICE.INVOICE_TOTAL}"}' }         # contentType: default application/json
# an attachment field holds { fileName, contentType, base64 } or { fileName, url }
onQuotaExceeded: skip         # default; or defer (to the organization's next day). Also on EmailAlert and CustomFunction
retry: { attempts: 10 }       # default: 10 attempts over 75 hours, see facts/reliability.md; 1 = at most once. Also on EmailAlert (5 over 24 hours), CustomFunction (1)
---
kind: Webhook
name: post-to-slack
module: invoices
method: POST
url: https://hooks.slack.example/services/T000
body: { type: raw, content: '{"text": "\${INVOICE.INVOICE_NUMBER} is overdue"}' }
---
kind: CustomFunction
name: apply-late-fee
module: invoices
language: javascript          # sandboxed; \`host\` names a function given by the embedding program
file: ../functions/apply-late-fee.js            # or code: |
parameters: [{ name: percent, value: "5" }]
connections: [erp]            # those that the code may use
---
kind: CustomFunction
name: month-end-discount
module: contacts
language: javascript
code: |
  export default async ({ organization }, { records, mail, log }) => { log.info(organization.name); };
---
kind: WorkflowRule
name: thank-you-with-coupon
description: A paying customer gets a coupon, and a reminder to use it.
module: invoices
active: true                  # default
trigger:
  type: event
  on: [created, edited]       # created | edited | deleted | submitted | approved | rejected | <custom trigger>
  fields: { match: any, names: [status] }       # edits only: any | all | except; left out = any field
  repeat: firstTime           # or everyTime (default)
  origins: [user, api, fieldUpdate]             # default; add function, sync, import to run for those too
evaluation: firstMatch        # default; or allMatches
grace: { hours: 24 }          # default: how late a run may start after being down; past it: skipped, missed
conditions:
  - criteria:
      - { field: status, comparator: equal, value: paid }
      - { field: total, comparator: greaterEqual, value: 500 }
    pattern: 1 AND 2          # left out = all of them; AND binds tighter than OR; NOT and parentheses allowed; every number used, none unknown
    immediateActions:
      - { type: emailAlert, name: thank-you }   # emailAlert | inAppNotification | fieldUpdate | webhook | customFunction
    timeBasedActions:
      - execute: { after: { days: 14 }, of: trigger, at: "09:00" }   # before | after; minutes hours days weeks months; of: trigger or a date field; at: optional wall time
        recheck: true         # default: the block's criteria must still hold when it is due
        actions: [{ type: emailAlert, name: coupon-reminder }]
  - immediateActions: [{ type: inAppNotification, name: big-sale }]   # criteria left out = every record
---
kind: WorkflowRule
name: overdue-follow-up
module: invoices
trigger: { type: date, field: due_date, when: { after: { days: 3 } }, at: "09:00", cycle: once }   # before|after, hours|days; once | monthly | yearly
conditions:
  - criteria: [{ field: status, comparator: notEqual, value: paid }]
    immediateActions: [{ type: webhook, name: post-to-slack }]
---
kind: Schedule
name: month-end-discount
function: month-end-discount
recurrence: { frequency: monthly, every: 1, on: { day: last } }
#           { frequency: daily, excludeWeekends: true }
#           { frequency: weekly, on: { weekday: friday } }
#           { frequency: monthly, on: { nth: second, weekday: saturday } }     # first second third fourth last
#           { frequency: yearly, on: { month: january, day: 5 } }   { frequency: yearly, on: { month: january, nth: first, weekday: sunday } }
startsAt: "2026-12-01T18:00"  # wall time of the organization
expires: { never: true }      # { after: 12 } executions, { on: "2027-12-01" }
catchUp: once                 # default; all | skip: what to do with occurrences missed while down (within grace); also in a date trigger
grace: { hours: 24 }
`;
