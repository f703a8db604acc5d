import { fileURLToPath } from "node:url";
import type { Config } from "../config.ts";
import { isKept, outboxOf, shownStore, type StoreLocation } from "../store-location.ts";
import { VERSION } from "../version.ts";
import { rulesInWords, rulesOf, type LoadedRules } from "./rules.ts";

/** What somebody who has just started a server wants to know. */
export type Welcome = {
  readonly address: string;
  readonly config: Config;
  /** The store's file was made by this start. */
  readonly isNew: boolean;
  readonly rules: LoadedRules | null;
  /** Shown this once; null where a key was given or made before. */
  readonly key: string | null;
  /** What is defined and this version does not run, a line each. */
  readonly notRunYet: readonly string[];
};

type Row = readonly [name: string, value: string];

/** What decides whether mails are sent or written: of two processes on one store one may do this and the other that. */
type MailConfig = Pick<Config, "store" | "smtpUrl">;

export function welcomeInWords(welcome: Welcome): string {
  const { address, config, key, notRunYet } = welcome;
  const rows: readonly Row[] = [
    ["docs", `${address}/docs`],
    ["api", `${address}/openapi.json`],
    ["store", storeInWords(welcome)],
    ["rules", welcome.rules ? rulesInWords(welcome.rules) : noRules(config.rules.path)],
    ["mails", mailsInWords(config)],
    ["key", keyInWords(key, address, config)],
  ];
  return [`Rulewright ${VERSION} listens on ${address}`, ...rows.map(row), ...notRunYetInWords(notRunYet), ""].join("\n");
}

/** The same as one line of JSON; `key` only where it is shown. */
export function welcomeAsJson({ address, config, rules, key, notRunYet }: Welcome): string {
  const line = {
    address,
    store: shownStore(config.store),
    rules: rules ? { folder: rules.folder, rules: rulesOf(rules), documents: rules.documents.length } : null,
    docs: `${address}/docs`,
    ...(key === null ? {} : { key }),
    ...(notRunYet.length === 0 ? {} : { notRunYet }),
  };
  return `${JSON.stringify(line)}\n`;
}

/** What a worker says when it is up. */
export function workerInWords(config: MailConfig): string {
  return `Rulewright ${VERSION} works on ${placeOf(config.store)}\n${row(["mails", mailsInWords(config)])}\n`;
}

export function workerAsJson(config: MailConfig): string {
  return `${JSON.stringify({ store: shownStore(config.store), mails: mailsInWords(config) })}\n`;
}

export function notRunYetInWords(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `not run yet: ${line}`);
}

function row([name, value]: Row): string {
  return `  ${name.padEnd(7)}${value}`;
}

function storeInWords({ config: { store }, isNew }: Welcome): string {
  if (!isKept(store)) return "in memory: gone when this process ends (--store sqlite:<file> keeps it)";
  return `${placeOf(store)}${isNew ? " (made now)" : ""}`;
}

/** A file by its path alone, as it stands in the shell. */
function placeOf(store: StoreLocation): string {
  return store.kind === "sqlite" ? store.path : shownStore(store);
}

function noRules(folder: string): string {
  const shipped = ["rules", "templates"].map((name) => fileURLToPath(new URL(`../../${name}`, import.meta.url))).join(" ");
  return `none: there is no folder ${folder}. To begin with examples: cp -r ${shipped} . and start again`;
}

function mailsInWords({ smtpUrl, store }: MailConfig): string {
  // Without the user name and password that it may hold.
  if (smtpUrl !== null) return `sent through ${new URL(smtpUrl).host}`;
  return `written to ${outboxOf(store)}/ as .eml files: set RULEWRIGHT_SMTP_URL to send them`;
}

function keyInWords(key: string | null, address: string, { apiKey }: Config): string {
  if (apiKey !== null) return "the one in RULEWRIGHT_API_KEY";
  if (key === null) return "the one that the first start showed (RULEWRIGHT_API_KEY sets another)";
  return [`${key} (the admin key, shown only now)`, `curl -H 'Authorization: Bearer ${key}' ${address}/v1/usage`].join("\n         ");
}
