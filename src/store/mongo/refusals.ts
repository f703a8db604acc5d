import { MongoServerError, MongoServerSelectionError, type MongoClient } from "mongodb";
import { RulewrightError } from "../../model/errors.ts";

/** What a server says of itself to anybody: which replica set it is in, null: none. By its address. */
export type SaidSets = ReadonlyMap<string, string | null>;

/** Of the server's error codes. */
const UNAUTHORIZED = 13;
const AUTHENTICATION_FAILED = 18;

/** Why there is no connection, in words for whoever wrote the store's URL, whose password and options are never among them. */
export function connectError(cause: unknown, client: MongoClient | null, said: SaidSets): RulewrightError {
  if (cause instanceof RulewrightError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  // The driver reads the URL before there is a client.
  if (client === null) return refusal(`Expected a MongoDB URL that can be read: ${message}`, cause);
  const denied = accessError(cause, client);
  if (denied instanceof RulewrightError) return denied;
  const { hosts, srvHost, replicaSet } = client.options;
  const others = cause instanceof MongoServerSelectionError && replicaSet ? [...said].filter(([, set]) => set !== replicaSet) : [];
  if (others.length > 0) {
    const found = others.map(([host, set]) => `${host} is in ${set === null ? "no replica set" : set}`).join(", ");
    return refusal(`Expected servers of the replica set ${replicaSet}, as the store's URL says: ${found}`, cause);
  }
  return refusal(`Expected a MongoDB server that answers at ${hosts.join(", ") || srvHost}: ${message}`, cause);
}

/** What a server refuses to the URL's user, in words; every other error as it is. */
export function accessError(cause: unknown, client: MongoClient): unknown {
  if (!(cause instanceof MongoServerError)) return cause;
  const { credentials: user, dbName } = client.options;
  if (cause.code === UNAUTHORIZED)
    return refusal(
      user
        ? `The user ${user.username} of the store's URL needs the role readWrite on the database ${dbName}`
        : `Expected a user in the store's URL who has the role readWrite on the database ${dbName}: the server asks for one`,
      cause,
    );
  if (cause.code !== AUTHENTICATION_FAILED || !user) return cause;
  const elsewhere = user.source === "admin" ? "authSource=<database>" : "authSource=admin";
  return refusal(
    `The server refuses the user ${user.username} of the store's URL, or the password. Users are looked for in the database ${user.source}; add ?${elsewhere} where they are there`,
    cause,
  );
}

function refusal(message: string, cause: unknown): RulewrightError {
  return new RulewrightError("validation_failed", message, { cause });
}
