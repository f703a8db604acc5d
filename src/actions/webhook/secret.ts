import { RulewrightError } from "../../model/errors.ts";
import type { Webhook } from "../../model/actions/webhook.ts";

export type SecretSources = {
  readonly secrets: { open(sealed: string): string };
  /** Of the environment; undefined where it is not set. */
  readonly env: (name: string) => string | undefined;
};

/** Reads webhook secrets as they are now. Opening is remembered for as long as the definition lives: it costs more than signing. */
export function createSecretReader({ secrets, env }: SecretSources) {
  const opened = new WeakMap<object, string>();

  /** The secret to sign with, null where the webhook has none. @throws RulewrightError where it cannot be had. */
  return function read(secret: Webhook["secret"]): string | null {
    if (secret === undefined) return null;
    if (typeof secret === "string") return secret;
    if ("env" in secret) {
      const value = env(secret.env);
      if (value) return value;
      throw new RulewrightError("internal_error", `the webhook's secret is not there: the environment variable ${secret.env} is not set`);
    }
    const text = opened.get(secret) ?? secrets.open(secret.sealed);
    opened.set(secret, text);
    return text;
  };
}
