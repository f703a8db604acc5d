import { z } from "zod";
import { FromEnvironment, ModuleName, Name, OnQuotaExceeded, Pair, retryOf } from "./common.ts";

/** What the store holds in place of a literal secret: never shown, opened only to sign. */
export type SealedSecret = { readonly sealed: string };

const WebhookSecret = z.union(
  [z.string().regex(/^[A-Za-z0-9]{12,50}$/, "expected 12 to 50 letters and digits, or { env: NAME }"), FromEnvironment],
  "expected 12 to 50 letters and digits, or { env: NAME }",
);

export const Webhook = z
  .strictObject({
    name: Name,
    module: ModuleName,
    description: z.string().max(1000).default("").describe("What it is for, in your own words."),
    method: z.enum(["POST", "PUT", "DELETE"]).default("POST").describe("The HTTP method."),
    url: z.string().min(1).max(5000).describe("An http or https URL; ${ } stands for a field, in the path and the query only."),
    parameters: z.array(Pair).max(100).default([]).describe("Added to the query."),
    headers: z.array(Pair).max(50).default([]).describe("Sent beside the headers that Rulewright sets itself."),
    secret: WebhookSecret.optional().describe("Signs every request; never shown again."),
    authorization: z
      .union(
        [
          z.strictObject({
            type: z.literal("self").describe("Nothing is added: what the receiver asks for stands in the headers or parameters."),
          }),
          z.strictObject({
            type: z.literal("connection").describe("The credentials of a Connection are added."),
            connection: Name.describe("The name of the Connection."),
          }),
        ],
        "expected { type: self } or { type: connection, connection: <name> }",
      )
      .default({ type: "self" })
      .describe("How the request proves who sends it."),
    body: z
      .discriminatedUnion("type", [
        z.strictObject({
          type: z.literal("default").describe('The whole record as JSON under the module\'s singular: {"invoice": {...}}.'),
        }),
        z.strictObject({
          type: z.literal("formUrlEncoded").describe("A web form."),
          parameters: z.array(Pair).max(200).describe("The form's fields."),
        }),
        z.strictObject({
          type: z.literal("formData").describe("A multipart form, which may carry a file."),
          parts: z
            .array(
              z.union([
                Pair,
                z.strictObject({
                  name: z.string().min(1).describe("The name under which the file is given."),
                  field: z.string().min(1).describe("The attachment field of the record that holds the file."),
                }),
              ]),
            )
            .max(200)
            .describe("The form's parts: values, and files from attachment fields."),
        }),
        z.strictObject({
          type: z.literal("raw").describe("A text of your own."),
          content: z.string().max(100_000).describe("The body; ${ } stands for a field, escaped as the content type asks."),
          contentType: z.string().max(200).default("application/json").describe("What the body is."),
        }),
      ])
      .default({ type: "default" })
      .describe("What is sent."),
    onQuotaExceeded: OnQuotaExceeded,
    retry: retryOf(10, "Ten attempts take 75 hours."),
  })
  .describe("A signed HTTP request to another system, sent at least once with the same webhook-id each time.");
/** As written, or as stored with its literal secret sealed. */
export type Webhook = Omit<z.infer<typeof Webhook>, "secret"> & { secret?: z.infer<typeof WebhookSecret> | SealedSecret | undefined };
