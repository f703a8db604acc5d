import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { RulewrightError } from "./model/errors.ts";

/** Where the ledger is; `sqlite:./data/rulewright.db`, `sqlite::memory:`, `mongodb://host/database`. */
export type StoreLocation =
  | { readonly kind: "sqlite"; readonly path: string }
  /** The URL names its database. It may hold a password, so it is never shown as it is. */
  | { readonly kind: "mongodb"; readonly url: string };

/** The database of a MongoDB URL that names none. */
const DATABASE = "rulewright";

/** Scheme, user with password, hosts, database, options; several hosts are more than `URL` reads. */
const MONGODB =
  /^(?<scheme>mongodb(?:\+srv)?:\/\/)(?:(?<user>[^/?@]*)@)?(?<hosts>[^/?@]+)(?:\/(?<database>[^/?]*))?(?:\?(?<options>.*))?$/s;
const HOST = /^(?:\[[0-9a-f:.]+\]|[^:[\]\s]+)(?::\d{1,5})?$/i;

/**
 * Where the store is.
 * @param name what the caller calls it, for the message.
 * @throws RulewrightError validation_failed, without the text where it may hold a password
 */
export function readStore(text: string, name = "RULEWRIGHT_STORE / --store"): StoreLocation {
  if (text.startsWith("sqlite:") && text.length > "sqlite:".length) return { kind: "sqlite", path: text.slice("sqlite:".length) };
  if (/^mongodb(\+srv)?:/.test(text)) return { kind: "mongodb", url: withDatabase(text, name) };
  const got = text.includes("@") ? "another URL" : `"${text}"`;
  throw mistake(name, `expected sqlite:<file>, sqlite::memory: or mongodb://<host>/<database>, got ${got}`);
}

function withDatabase(url: string, name: string): string {
  const { scheme, user, hosts = "", database, options } = MONGODB.exec(url)?.groups ?? {};
  if (scheme === undefined || !hosts.split(",").every((host) => HOST.test(host)) || !isEncoded(user ?? ""))
    throw mistake(
      name,
      "expected mongodb://<user>:<password>@<host>:<port>/<database>, or mongodb+srv://; user and password may be left out, and @ : / ? % in them are written as %40 %3A %2F %3F %25",
    );
  if (database) return url;
  // The users are where the driver looks for them when no database is named, which is not the one that we name.
  const ownUsers = user !== undefined && !/(^|&)auth(Source|Mechanism)=/i.test(options ?? "");
  const query = [options, ...(ownUsers ? ["authSource=admin"] : [])].filter(Boolean).join("&");
  return `${scheme}${user === undefined ? "" : `${user}@`}${hosts}/${DATABASE}${query === "" ? "" : `?${query}`}`;
}

function isEncoded(text: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(text);
}

/** As a person may see it: without the password, and without options, which may hold others. */
export function shownStore(store: StoreLocation): string {
  if (store.kind === "sqlite") return `sqlite:${store.path}`;
  const { scheme, user, hosts, database } = MONGODB.exec(store.url)?.groups ?? {};
  const shownUser = user === undefined ? "" : `${user.replace(/:.*/s, ":***")}@`;
  return `${scheme}${shownUser}${hosts}/${database}`;
}

/** Does it outlive the process? */
export function isKept(store: StoreLocation): boolean {
  return store.kind !== "sqlite" || store.path !== ":memory:";
}

/** Is there a store already? Of a server nobody can say before it is asked: it counts as one. */
export function isThere(store: StoreLocation): boolean {
  return store.kind !== "sqlite" || existsSync(store.path);
}

/** Where mails go that nobody sends: beside the store's file, in the working directory where it has none. */
export function outboxOf(store: StoreLocation): string {
  return join(store.kind === "sqlite" && isKept(store) ? dirname(store.path) : ".", "outbox");
}

function mistake(name: string, message: string): RulewrightError {
  return new RulewrightError("validation_failed", `${name}: ${message}`, { issues: [{ path: name, message }] });
}
