import { z } from "zod";
import { FromEnvironment, ModuleName, Name, OnQuotaExceeded, Pair, retryOf } from "./common.ts";

/** What the store holds in place of a literal secret: never shown, opened only to sign. */
export const SealedSecret = z.strictObject({ sealed: z.string().min(1) });

export const WebhookSecret = z.union(
  [z.string().regex(/^[A-Za-z0-9]{12,50}$/, "expected 12 to 50 letters and digits, or { env: NAME }"), FromEnvironment, SealedSecret],
  "expected 12 to 50 letters and digits, or { env: NAME }",
);

export const Webhook = z.strictObject({
  name: Name,
  module: ModuleName,
  description: z.string().max(1000).default(""),
  method: z.enum(["POST", "PUT", "DELETE"]).default("POST"),
  url: z.string().min(1).max(5000),
  /** Added to the query. */
  parameters: z.array(Pair).max(100).default([]),
  headers: z.array(Pair).max(50).default([]),
  secret: WebhookSecret.optional(),
  authorization: z
    .union(
      [z.strictObject({ type: z.literal("self") }), z.strictObject({ type: z.literal("connection"), connection: Name })],
      "expected { type: self } or { type: connection, connection: <name> }",
    )
    .default({ type: "self" }),
  body: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("default") }),
      z.strictObject({ type: z.literal("formUrlEncoded"), parameters: z.array(Pair).max(200) }),
      z.strictObject({
        type: z.literal("formData"),
        parts: z.array(z.union([Pair, z.strictObject({ name: z.string().min(1), field: z.string().min(1) })])).max(200),
      }),
      z.strictObject({
        type: z.literal("raw"),
        content: z.string().max(100_000),
        contentType: z.string().max(200).default("application/json"),
      }),
    ])
    .default({ type: "default" }),
  onQuotaExceeded: OnQuotaExceeded,
  /** 10 attempts over 75 hours. */
  retry: retryOf(10),
});
export type Webhook = z.infer<typeof Webhook>;
