import type { Webhook } from "../../model/actions/webhook.ts";
import type { Issue } from "../../model/errors.ts";
import type { CheckContext } from "../action.ts";
import type { Module } from "../../model/module.ts";
import { isConnectionHeader } from "../../outbound/connection-headers.ts";
import { unknownName } from "../../model/unknown-name.ts";
import { checkFieldPath } from "../field-path.ts";
import { checkPlaceholders, withProbe } from "../placeholders/placeholders.ts";
import { isJson, isJsonText } from "./content.ts";

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * What is wrong with a webhook beyond its schema. No issue quotes a value: parameters and headers hold credentials.
 * Whether an address or a port may be called depends on where it runs, so that is said by the attempt.
 */
export function checkWebhook(
  definition: Webhook,
  { module, modules, connections }: Pick<CheckContext, "module" | "modules" | "connections">,
): readonly Issue[] {
  const placeholders = textsOf(definition).flatMap(([path, text]) => checkPlaceholders(text, module, modules, path));
  return [
    ...checkUrl(definition.url),
    ...checkHeaders(definition.headers),
    ...checkBody(definition.body, module),
    ...checkAuthorization(definition, connections),
    ...placeholders,
  ];
}

function textsOf({ url, parameters, headers, body }: Webhook): readonly (readonly [path: string, text: string])[] {
  const values = (path: string, pairs: readonly { readonly value: string }[]) =>
    pairs.map(({ value }, index) => [`${path}.${index}.value`, value] as const);
  return [
    ["url", url],
    ...values("parameters", parameters),
    ...values("headers", headers),
    ...(body.type === "formUrlEncoded" ? values("body.parameters", body.parameters) : []),
    ...(body.type === "formData"
      ? body.parts.flatMap((part, index) => ("value" in part ? [[`body.parts.${index}.value`, part.value] as const] : []))
      : []),
    ...(body.type === "raw" ? [["body.content", body.content] as const] : []),
  ];
}

function checkUrl(url: string): readonly Issue[] {
  const issue = (message: string): readonly Issue[] => [{ path: "url", message }];
  // Two probes: where they give two origins, a placeholder stands in the scheme, host or port.
  const [one, two] = [parse(withProbe(url, "1")), parse(withProbe(url, "2"))];
  if (!one || !two || /[\t\r\n]/.test(url)) return issue("expected a URL such as https://erp.example/hooks");
  if (one.protocol !== "https:" && one.protocol !== "http:") return issue("expected an http or https URL");
  if (one.username !== "" || one.password !== "") return issue("a user name or password cannot stand in the URL: send it in a header");
  if (one.origin !== two.origin)
    return issue("placeholders can stand in the path and the query, not in the host: a record must not choose who is called");
  return [];
}

function checkHeaders(headers: Webhook["headers"]): readonly Issue[] {
  const seen = new Set<string>();
  return headers.flatMap(({ name, value }, index): readonly Issue[] => {
    const [path, key] = [`headers.${index}`, name.toLowerCase()];
    const twice = seen.has(key);
    seen.add(key);
    if (!TOKEN.test(name)) return [{ path: `${path}.name`, message: "expected a header name: letters, digits and -" }];
    if (isReserved(key)) return [{ path: `${path}.name`, message: `the header ${name} is set by Rulewright and cannot be given` }];
    if (twice) return [{ path: `${path}.name`, message: `the header ${name} is given twice` }];
    return /^[\t -~]*$/.test(value) ? [] : [{ path: `${path}.value`, message: "expected ASCII characters without line breaks" }];
  });
}

function isReserved(name: string): boolean {
  return isConnectionHeader(name) || name.startsWith("webhook-") || name === "x-zoho-webhook-signature";
}

function checkBody(body: Webhook["body"], module: Module): readonly Issue[] {
  if (body.type === "formData")
    return body.parts.flatMap((part, index) =>
      "field" in part ? checkFieldPath(part.field, module, `body.parts.${index}.field`, { many: false }) : [],
    );
  if (body.type !== "raw") return [];
  if (!/^[ -~]+\/[ -~]+$/.test(body.contentType))
    return [{ path: "body.contentType", message: "expected a content type such as application/json" }];
  return isJson(body.contentType) && body.content !== "" && !isJsonText(body.content)
    ? [{ path: "body.content", message: "expected JSON", hint: "give another contentType if this is meant to be something else" }]
    : [];
}

function checkAuthorization({ authorization }: Webhook, connections: readonly string[]): readonly Issue[] {
  return authorization.type === "connection" && !connections.includes(authorization.connection)
    ? [unknownName("authorization.connection", "connection", authorization.connection, connections)]
    : [];
}

function parse(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}
