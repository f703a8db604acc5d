import { expect, it } from "vitest";
import { RulewrightError } from "../src/model/errors.ts";
import { isKept, isThere, outboxOf, readStore, shownStore } from "../src/store-location.ts";

it.each([
  ["sqlite:./data/x.db", "sqlite:./data/x.db", "data/outbox"],
  ["sqlite::memory:", "sqlite::memory:", "outbox"],
  ["mongodb://db.example/books", "mongodb://db.example/books", "outbox"],
])("%s is shown as %s, its mails go to %s", (text, shown, outbox) => {
  const store = readStore(text);
  expect(shownStore(store)).toBe(shown);
  expect(outboxOf(store)).toBe(outbox);
});

it("says which stores outlive the process, and which are there", () => {
  expect(["sqlite:x.db", "sqlite::memory:", "mongodb://db.example"].map((text) => isKept(readStore(text)))).toEqual([true, false, true]);
  expect(["sqlite:/dev/null/x.db", "sqlite:/dev/null", "mongodb://db.example"].map((text) => isThere(readStore(text)))).toEqual([
    false,
    true,
    true,
  ]);
});

it.each([
  ["mongodb://db.example", "mongodb://db.example/rulewright"],
  ["mongodb://db.example/", "mongodb://db.example/rulewright"],
  ["mongodb://a:27017,b:27018/?replicaSet=rs0", "mongodb://a:27017,b:27018/rulewright?replicaSet=rs0"],
  ["mongodb://a/books?w=1", "mongodb://a/books?w=1"],
  ["mongodb+srv://cluster.example", "mongodb+srv://cluster.example/rulewright"],
  ["mongodb://[::1]:27017", "mongodb://[::1]:27017/rulewright"],
  // Without a database the driver looks for users in admin: to name ours must not change that.
  ["mongodb://ada:hush@a", "mongodb://ada:hush@a/rulewright?authSource=admin"],
  ["mongodb://ada:hush@a/?tls=true", "mongodb://ada:hush@a/rulewright?tls=true&authSource=admin"],
  ["mongodb://ada:hush@a/?authSource=people", "mongodb://ada:hush@a/rulewright?authSource=people"],
  ["mongodb://ada@a/?tls=true&authMechanism=MONGODB-X509", "mongodb://ada@a/rulewright?tls=true&authMechanism=MONGODB-X509"],
])("%s is %s: a database is always named", (text, url) => {
  expect(readStore(text)).toEqual({ kind: "mongodb", url });
});

it.each([
  ["mongodb://ada:hush@a,b:27018/books?tlsCertificateKeyFilePassword=hush", "mongodb://ada:***@a,b:27018/books"],
  ["mongodb+srv://ada:hush:hush@a.example/books", "mongodb+srv://ada:***@a.example/books"],
  ["mongodb://ada@a/books", "mongodb://ada@a/books"],
])("shows no password of %s", (text, shown) => {
  expect(shownStore(readStore(text))).toBe(shown);
});

it.each([
  "mongodb://",
  "mongodb:a",
  "mongodb://ada:hush",
  "mongodb://ada:hu/sh@a",
  "mongodb://ada:hu@sh@a",
  "mongodb://ada:hu%sh@a",
  "mongodb://a,,b",
  "mongodb://a:port",
  "postgres://ada:hush@a",
])("refuses %s and quotes no password", (text) => {
  const read = () => readStore(text, "store");
  expect(read).toThrow(RulewrightError);
  expect(read).toThrow(/^store: expected .*mongodb:\/\//);
  expect(read).not.toThrow(/hu/);
});
