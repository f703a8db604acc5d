import type { Webhook } from "../../model/actions/webhook.ts";
import { RulewrightError } from "../../model/errors.ts";
import { isJsonObject, type Json } from "../../model/json.ts";
import type { Module, Modules } from "../../model/module.ts";
import type { HttpClient } from "../../outbound/http.ts";
import { OutboundError } from "../../outbound/outbound-error.ts";
import type { ActionHandler, ActionInput, ActionResult } from "../action.ts";
import { contactOf, type PlaceholderValues } from "../placeholders/placeholders.ts";
import { checkWebhook } from "./check.ts";
import { isForm } from "./content.ts";
import { failure, outcomeOf } from "./outcome.ts";
import { type CompiledWebhook, compileWebhook, type WebhookBody } from "./request.ts";
import { delayAfter } from "./retry.ts";
import { createSecretReader, type SecretSources } from "./secret.ts";
import { type Pairs, standardSignature, zohoSignature } from "./signature.ts";

const TIMEOUT_MS = 15_000;
/**
 * A run holds its slot from its decision on, also while it is being stored: on a store across the network 64 were all taken by 64 connections,
 * and nine of ten runs had to be claimed apart, at ten times the commands.
 */
const SLOTS = 256;

export type WebhookDependencies = SecretSources & {
  readonly http: Pick<HttpClient, "request">;
  /** For the whole exchange; 15 s, as receivers are told. */
  readonly timeoutMs?: number;
};

/** Sends webhooks: at least once, with the run's id in `webhook-id`; a retry sends the bytes of the first attempt with the URL, headers and secret of now. */
export function createWebhookHandler({ http, timeoutMs = TIMEOUT_MS, ...sources }: WebhookDependencies): ActionHandler<"Webhook"> {
  const secretOf = createSecretReader(sources);
  const compiled = createCompiledCache();

  async function attempt(input: ActionInput<Webhook>, keep: (sent: WebhookBody) => void): Promise<ActionResult> {
    const { definition, module, modules, record } = input;
    if (definition.authorization.type === "connection")
      throw new OutboundError("refused", "an authorization of type connection is not supported yet");
    const webhook = compiled(definition, module, modules);
    const contact = webhook.usesContact ? await contactOf(module, modules, record, (name, id) => input.lookup(name, id)) : null;
    const values: PlaceholderValues = { record, contact, organization: input.organization, user: input.user, payload: payloadOf(input) };
    const sent = frozenBody(input.frozen) ?? webhook.body(values);
    keep(sent);
    const url = webhook.url(values);
    const headers: Record<string, string> = { "Content-Type": sent.contentType, ...webhook.headers(values) };
    identify(headers, input, secretOf(definition.secret), url, sent);
    const answer = await http.request({ method: definition.method, url, headers, body: sent.body, timeoutMs, signal: input.signal });
    return outcomeOf(answer, url.host, sent, input.now);
  }

  return {
    slots: SLOTS,
    check: checkWebhook,
    attempts: (definition) => definition.retry.attempts,
    delayAfter,
    async run(input) {
      let sent: WebhookBody | null = null;
      try {
        return await attempt(input, (body) => (sent = body));
      } catch (error) {
        if (error instanceof OutboundError) return failure(error.message, error.retry, sent, null);
        // A secret that is missing today may be there at the next attempt.
        if (error instanceof RulewrightError) return failure(error.message, true, sent, null);
        throw error;
      }
    },
  };
}

/** Adds the headers that say which run this is and that it is ours. */
function identify(
  headers: Record<string, string>,
  { runId, now }: ActionInput<Webhook>,
  secret: string | null,
  url: URL,
  { body, contentType }: WebhookBody,
): void {
  const timestamp = Math.floor(now / 1000);
  headers["webhook-id"] = runId;
  headers["webhook-timestamp"] = String(timestamp);
  if (secret === null) return;
  const query: Pairs = url.search === "" ? [] : [...url.searchParams];
  const form = isForm(contentType);
  const pairs = form ? [...query, ...new URLSearchParams(body)] : query;
  headers["webhook-signature"] = standardSignature(secret, runId, timestamp, body);
  headers["X-Zoho-Webhook-Signature"] = zohoSignature(secret, pairs, form ? "" : body);
}

/** `{"invoice": {...record}}`, made once a run and only if somebody asks. */
function payloadOf({ module, record }: ActionInput<Webhook>): () => string {
  let payload: string | undefined;
  return () => (payload ??= JSON.stringify({ [module.singular]: record }));
}

function frozenBody(frozen: Json): WebhookBody | null {
  if (!isJsonObject(frozen)) return null;
  const { body, contentType } = frozen;
  return typeof body === "string" && typeof contentType === "string" ? { body, contentType } : null;
}

/** One compilation a definition object, made anew when its modules have changed. */
function createCompiledCache() {
  const cache = new WeakMap<Webhook, { readonly modules: Modules; readonly module: Module; readonly webhook: CompiledWebhook }>();
  return (definition: Webhook, module: Module, modules: Modules): CompiledWebhook => {
    const known = cache.get(definition);
    if (known?.module === module && known.modules === modules) return known.webhook;
    const webhook = compileWebhook(definition, module, modules);
    cache.set(definition, { modules, module, webhook });
    return webhook;
  };
}
