import { createCipheriv, createDecipheriv, randomBytes, hkdfSync } from "node:crypto";
import { RulewrightError } from "../model/errors.ts";

export type SecretBox = {
  /** Text as `v1.<base64url>`, another one each time. */
  seal(text: string): string;
  /** @throws RulewrightError internal_error for what was sealed with another key, altered, or never sealed. */
  open(sealed: string): string;
};

/** Said by every place that takes a key from outside (contract, section 6). */
export const MIN_KEY_LENGTH = 32;

const PREFIX = "v1.";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";

/**
 * AES-256-GCM for secrets at rest. The key may be any string of 32 characters or more and should be random: HKDF makes it no harder to guess
 * (scrypt would, for 60 ms of every start).
 * @throws RulewrightError validation_failed for a shorter key.
 */
export function createSecretBox(key: string): SecretBox {
  if (key.length < MIN_KEY_LENGTH)
    throw new RulewrightError(
      "validation_failed",
      `the secret key has ${key.length} characters; expected ${MIN_KEY_LENGTH} or more (RULEWRIGHT_SECRET_KEY)`,
    );
  // The salt is fixed: the same key has to open what another process sealed.
  const derived = Buffer.from(hkdfSync("sha256", key, "rulewright", "secrets v1", 32));

  return {
    seal(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, derived, nonce, { authTagLength: TAG_BYTES });
      const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return PREFIX + sealed.toString("base64url");
    },
    open(sealed) {
      const bytes = Buffer.from(sealed.slice(PREFIX.length), "base64url");
      if (!sealed.startsWith(PREFIX) || bytes.length < NONCE_BYTES + TAG_BYTES)
        throw new RulewrightError("internal_error", "a stored secret is not in a form that this version can open");
      const decipher = createDecipheriv(CIPHER, derived, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
      } catch (cause) {
        throw new RulewrightError(
          "internal_error",
          "a stored secret cannot be opened: it was sealed with another RULEWRIGHT_SECRET_KEY, or altered",
          { cause },
        );
      }
    },
  };
}
