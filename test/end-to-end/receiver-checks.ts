import { createHmac } from "node:crypto";
import { expect } from "vitest";
import { Webhook } from "standardwebhooks";
import type { Received } from "../outbound/listener.ts";

/** As a receiver's developer would check it, with the package that the standard offers. @throws WebhookVerificationError */
export function verifyStandard({ headers, body }: Received, secret: string): void {
  new Webhook(secret, { format: "raw" }).verify(
    body,
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    // A form is signed like any other body.
    { jsonParse: false },
  );
}

/** The seed's construction, written from its prose and not from the code: decoded query and form pairs sorted by key, then a raw body. */
export function expectZohoSignature({ url, headers, body }: Received, secret: string): void {
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
  const query = url.includes("?") ? url.slice(url.indexOf("?") + 1) : "";
  const pairs = [query, isForm ? body : ""]
    .flatMap((text) => text.split("&"))
    .filter((pair) => pair !== "")
    .map((pair) => pair.split("=").map((part) => decodeURIComponent(part.replaceAll("+", " "))));
  pairs.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
  const signed = pairs.map(([key, value]) => `${key}${value}`).join("") + (isForm ? "" : body);
  expect(headers["x-zoho-webhook-signature"]).toBe(
    createHmac("sha256", Buffer.from(secret, "utf8")).update(signed, "utf8").digest("base64"),
  );
}
