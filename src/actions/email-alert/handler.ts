import { z } from "zod";
import type { EmailAlert } from "../../model/actions/email-alert.ts";
import type { JsonObject } from "../../model/json.ts";
import { MailError, type Mailer, type MailReceipt } from "../../outbound/mail.ts";
import type { ActionHandler, ActionInput, ActionResult } from "../action.ts";
import { TemplateError, type Templates } from "../templates/templates.ts";
import { checkEmailAlert } from "./check.ts";
import { type LeftOut, resolveRecipients } from "./recipients.ts";
import { delayAfter } from "./retry.ts";

/** As many as the mailer keeps connections. */
const SLOTS = 5;

/** A mail as its first attempt made it; `to` is whom it is still to be sent to, `delivered` whether anybody has got it. */
const Draft = z.object({
  /** Null where there was no sender: one may have been configured since. */
  from: z.string().nullable(),
  replyTo: z.string().nullable(),
  to: z.array(z.string()).readonly(),
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  delivered: z.boolean(),
});
type Draft = z.infer<typeof Draft>;

export type EmailAlertDependencies = { readonly mailer: Pick<Mailer, "from" | "send">; readonly templates: Templates };

/** Mails one message per run, at least once, with the Message-ID made from the run's id; whoever was accepted is not sent it again. */
export function createEmailAlertHandler({ mailer, templates }: EmailAlertDependencies): ActionHandler<"EmailAlert"> {
  async function run(input: ActionInput<EmailAlert>): Promise<ActionResult> {
    const frozen = Draft.safeParse(input.frozen);
    const { to, leftOut } = frozen.success ? { to: frozen.data.to, leftOut: [] } : await resolveRecipients(input);
    if (to.length === 0) return { outcome: "skipped", reason: "noRecipient", note: noRecipientNote(leftOut) };
    let draft: Draft | null = null;
    try {
      draft = frozen.success ? frozen.data : await write(input, to);
      if (draft === null)
        return failure(`the template "${input.definition.template}" is not defined any more`, false, null, named(leftOut));
      const { from, replyTo, ...content } = draft;
      const message = { messageId: input.runId, ...content, from: from ?? undefined, replyTo: replyTo ?? undefined };
      const receipt = await mailer.send(message, input.signal);
      return resultOf(receipt, draft, { messageId: input.runId, ...named(leftOut) });
    } catch (error) {
      if (error instanceof MailError) return failure(error.message, !error.permanent, draft, named(leftOut));
      if (error instanceof TemplateError) return failure(error.message, false, null, named(leftOut));
      throw error;
    }
  }

  async function write(input: ActionInput<EmailAlert>, to: readonly string[]): Promise<Draft | null> {
    const { from = mailer.from, replyTo = null } = input.definition;
    const template = input.template(input.definition.template);
    if (!template) return null;
    const rendered = await templates.renderMail(template, input);
    return { ...rendered, from, replyTo, to, delivered: false };
  }

  return {
    slots: SLOTS,
    check: checkEmailAlert,
    attempts: (definition) => definition.retry.attempts,
    delayAfter,
    run,
  };
}

/** Refusals that may pass are tried again, for those recipients only; refusals for good are named. */
function resultOf({ accepted, rejected }: MailReceipt, draft: Draft, about: JsonObject): ActionResult {
  const delivered = draft.delivered || accepted.length > 0;
  const response = { accepted, rejected: rejected.map((one) => ({ ...one })), ...about };
  const deferred = rejected.filter(({ permanent }) => !permanent).map(({ address }) => address);
  const reasons = [...new Set(rejected.map(({ address, error }) => `${address}: ${error}`))].join("; ").slice(0, 1000);
  if (deferred.length > 0) return failure(`not accepted for now: ${reasons}`, true, { ...draft, to: deferred, delivered }, response);
  if (!delivered) return failure(`refused for every recipient: ${reasons}`, false, null, response);
  return rejected.length > 0
    ? { outcome: "succeeded", response, note: `refused for some recipients: ${reasons}` }
    : { outcome: "succeeded", response };
}

function failure(error: string, retry: boolean, draft: Draft | null, response: JsonObject): ActionResult {
  const freeze = retry && draft ? { freeze: { ...draft } } : {};
  return { outcome: "failed", error, retry, response, ...freeze };
}

function named(leftOut: readonly LeftOut[]): JsonObject {
  return { leftOut: leftOut.map((one) => ({ ...one })) };
}

function noRecipientNote(leftOut: readonly LeftOut[]): string {
  const why = leftOut.map(
    ({ recipient, value, reason }) => `${recipient}: ${value === null ? "" : `${JSON.stringify(value)} is `}${reason}`,
  );
  return ["no recipient has a valid address", ...why].join("; ").slice(0, 2000);
}
