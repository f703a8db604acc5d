import fc from "fast-check";
import { Webhook as Verifier, WebhookVerificationError } from "standardwebhooks";
import { expect, it } from "vitest";
import { type Pairs, standardSignature, zohoSignature } from "../../../src/actions/webhook/signature.ts";

const SECRET = "zohobooks1234";

// The constructed strings are the seed's; the digests were computed apart from this code (facts/zoho.md, section 4.4).
it.each<[string, Pairs, string, string]>([
  [
    "query and JSON",
    [
      ["subscription_id", "90343"],
      ["name", "basic"],
    ],
    '{"created_date":"2019-03-06","event_id":"5675"}',
    "18S+Qh61ZAdH85huPytV7s0cFHk8dr/Qt9Xwe14MePQ=",
  ],
  [
    "query and form",
    [
      ["customer_name", "Brandon"],
      ["status", "active"],
      ["addon_description", "Monthly addon"],
      ["quantity", "1"],
    ],
    "",
    "ot4oa/qSu4b+fJ2qfM3l3smnROwi1ShrSzpnjODaV9A=",
  ],
])("the seed's example: %s", (_, pairs, raw, expected) => {
  expect(zohoSignature(SECRET, pairs, raw)).toBe(expected);
  expect(zohoSignature(SECRET, pairs.toReversed(), raw)).toBe(expected);
});

it("keeps the order of pairs of one name and sorts names by code unit", () => {
  expect(
    zohoSignature(
      SECRET,
      [
        ["a", "2"],
        ["B", ""],
        ["a", "1"],
      ],
      "",
    ),
  ).toBe(zohoSignature(SECRET, [["Ba2a1", ""]], ""));
});

const text = fc.string({ unit: "grapheme" });
const secret = fc.stringMatching(/^[A-Za-z0-9]{12,50}$/);
const id = fc.stringMatching(/^run_[0-9A-Z]{26}$/);
const now = (): number => Math.floor(Date.now() / 1000);

it("is what Standard Webhooks verifies", () => {
  fc.assert(
    fc.property(secret, id, text, (key, run, body) => {
      const timestamp = now();
      const headers = {
        "webhook-id": run,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": standardSignature(key, run, timestamp, body),
      };
      expect(() => new Verifier(key, { format: "raw" }).verify(body, headers, { jsonParse: false })).not.toThrow();
    }),
    { numRuns: 1_000 },
  );
});

it("does not survive a flipped bit in id, timestamp, body or secret", () => {
  fc.assert(
    fc.property(
      secret,
      id,
      fc.string({ unit: "grapheme-ascii", minLength: 1 }),
      fc.constantFrom("id", "timestamp", "body", "secret"),
      fc.nat(),
      fc.nat(6),
      (key, run, body, part, at, bit) => {
        const timestamp = now();
        const parts = { id: run, timestamp: String(timestamp), body, secret: key };
        const index = at % parts[part].length;
        const flipped = String.fromCharCode(parts[part].charCodeAt(index) ^ (1 << bit));
        const altered = { ...parts, [part]: parts[part].slice(0, index) + flipped + parts[part].slice(index + 1) };
        // The verifier reads the timestamp as a number, so only another number is another timestamp.
        fc.pre(part !== "timestamp" || /^\d+$/.test(altered.timestamp));
        const headers = {
          "webhook-id": altered.id,
          "webhook-timestamp": altered.timestamp,
          "webhook-signature": standardSignature(key, run, timestamp, body),
        };
        expect(() => new Verifier(altered.secret, { format: "raw" }).verify(altered.body, headers, { jsonParse: false })).toThrow(
          WebhookVerificationError,
        );
      },
    ),
    { numRuns: 1_000 },
  );
});
