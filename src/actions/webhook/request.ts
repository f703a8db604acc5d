import type { Pair } from "../../model/actions/common.ts";
import type { Webhook } from "../../model/actions/webhook.ts";
import type { Module, Modules } from "../../model/module.ts";
import { OutboundError } from "../../outbound/outbound-error.ts";
import {
  compileTemplate,
  type PlaceholderContext,
  type PlaceholderTemplate,
  type PlaceholderValues,
  withProbe,
} from "../placeholders/placeholders.ts";
import { contextOf, FORM_TYPE, innerContextOf, JSON_TYPE } from "./content.ts";

/** A body and what it is: what a retry sends again. */
export type WebhookBody = { readonly body: string; readonly contentType: string };

/** A webhook definition taken apart once, for as long as its module stays the same. What needs no value is made once, too. */
export type CompiledWebhook = {
  readonly usesContact: boolean;
  /** With the parameters in its query. @throws OutboundError refused where the values make no URL, or another one's path. */
  url(values: PlaceholderValues): URL;
  /** The user's own. */
  headers(values: PlaceholderValues): Readonly<Record<string, string>>;
  body(values: PlaceholderValues): WebhookBody;
};

type Compile = (text: string, context: PlaceholderContext) => PlaceholderTemplate;
type Part<T> = (values: PlaceholderValues) => T;

export function compileWebhook(definition: Webhook, module: Module, modules: Modules): CompiledWebhook {
  let usesContact = false;
  const compile: Compile = (text, context) => {
    const template = compileTemplate(text, context, module, modules);
    usesContact ||= template.usesContact;
    return template;
  };
  const parts = { url: urlPart(definition, compile), headers: headersPart(definition, compile), body: bodyPart(definition, compile) };
  return { usesContact, ...parts };
}

function urlPart({ url, parameters }: Webhook, compile: Compile): Part<URL> {
  const address = compile(url, "url");
  const query = pairsPart(parameters, compile);
  const shape = shapeOf(parseUrl(withProbe(url, "0")));
  const build: Part<URL> = (values) => {
    const built = parseUrl(address.expand(values));
    // Escaped values cannot add a segment, but `..` takes one away.
    if (shapeOf(built) !== shape) throw new OutboundError("refused", "a value in the URL would change where it leads");
    // %20 and not +, which is a space only to those who decode a query as a form.
    const added = new URLSearchParams(query.expand(values)).toString().replaceAll("+", "%20");
    if (added !== "") built.search = built.search === "" ? added : `${built.search}&${added}`;
    return built;
  };
  return once(build, address.constant && query.constant);
}

function headersPart({ headers }: Webhook, compile: Compile): Part<Readonly<Record<string, string>>> {
  const templates = headers.map(({ name, value }) => [name, compile(value, "header")] as const);
  const build: Part<Readonly<Record<string, string>>> = (values) =>
    Object.fromEntries(templates.map(([name, template]) => [name, template.expand(values)]));
  return once(
    build,
    templates.every(([, { constant }]) => constant),
  );
}

function bodyPart({ body }: Webhook, compile: Compile): Part<WebhookBody> {
  switch (body.type) {
    case "default":
      return ({ payload }) => ({ body: payload(), contentType: JSON_TYPE });
    case "raw": {
      const content = compile(body.content, contextOf(body.contentType));
      return (values) => ({ body: content.expand(values), contentType: body.contentType });
    }
    case "formUrlEncoded": {
      const pairs = pairsPart(body.parameters, compile);
      return (values) => ({ body: new URLSearchParams(pairs.expand(values)).toString(), contentType: FORM_TYPE });
    }
    case "formData":
      // checkWebhook refuses it.
      throw new OutboundError("refused", "a body of type formData is not supported yet");
  }
}

function pairsPart(pairs: readonly Pair[], compile: Compile): { readonly constant: boolean; readonly expand: Part<[string, string][]> } {
  const templates = pairs.map(({ name, value }) => [name, compile(value, innerContextOf(value))] as const);
  return {
    constant: templates.every(([, { constant }]) => constant),
    expand: (values) => templates.map(([name, template]) => [name, template.expand(values)]),
  };
}

function once<T>(build: Part<T>, constant: boolean): Part<T> {
  if (!constant) return build;
  let built: T | undefined;
  return (values) => (built ??= build(values));
}

function shapeOf({ origin, pathname }: URL): string {
  return `${origin} ${pathname.split("/").length}`;
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new OutboundError("refused", "the webhook's URL is not a URL");
  }
}
