import { z } from "zod";
import { FromEnvironment, Name } from "./actions/common.ts";

const basic = z.strictObject({
  name: Name,
  type: z.literal("basic").describe("A user name and a password in the Authorization header."),
  username: z.union([z.string().min(1), FromEnvironment]).describe("The user name."),
  password: FromEnvironment.describe("The password."),
});
const bearer = z.strictObject({
  name: Name,
  type: z.literal("bearer").describe("A token in the Authorization header."),
  token: FromEnvironment.describe("The token."),
});
const apiKey = z.strictObject({
  name: Name,
  type: z.literal("apiKey").describe("A key in a header or in the query."),
  in: z.enum(["header", "query"]).default("header").describe("Where the key stands."),
  parameter: z.string().min(1).max(200).default("X-API-Key").describe("The header or query parameter that carries the key."),
  apiKey: FromEnvironment.describe("The key."),
});
const oauth2ClientCredentials = z.strictObject({
  name: Name,
  type: z.literal("oauth2ClientCredentials").describe("A token that is fetched with a client's id and secret (RFC 6749, section 4.4)."),
  tokenUrl: z
    .url({ protocol: /^https?$/, error: "expected an http or https URL" })
    .describe("Where the token is fetched, an http or https URL."),
  clientId: z.union([z.string().min(1), FromEnvironment]).describe("The client's id."),
  clientSecret: FromEnvironment.describe("The client's secret."),
  scopes: z.array(z.string().min(1)).default([]).describe("What the token is asked for."),
});

/** Credentials used by webhooks and functions; secrets come from the environment, never from the file (contract, section 1). */
export const Connection = z
  .discriminatedUnion("type", [basic, bearer, apiKey, oauth2ClientCredentials])
  .describe("Credentials that webhooks and custom functions use; secrets come from the environment, never from the file.");
export type Connection = z.infer<typeof Connection>;
