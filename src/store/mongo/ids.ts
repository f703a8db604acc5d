import { randomBytes } from "node:crypto";

/** Keys of documents: the organization is part of every one, and the same parts always give the same key. */
export function keyOf(organization: string, ...parts: readonly (string | number)[]): string {
  return [organization, ...parts].join("\n");
}

/** The key of what has an id of its own in its organization: an event, a run. */
export function keyById({ organization, id }: { readonly organization: string; readonly id: string }): string {
  return keyOf(organization, id);
}

/** The last part of a key whose organization is known. */
export function withoutOrganization(key: string, organization: string): string {
  return key.slice(organization.length + 1);
}

/** 10 characters that sort as the instant (ms) does. */
export function instantPart(ms: number): string {
  return ms.toString(32).padStart(10, "0");
}

/** When the thing with this place in the order was stored, ms, and what follows it. */
export function splitPlace(place: string): readonly [ms: number, rest: string] {
  return [Number.parseInt(place.slice(0, 10), 32), place.slice(10)];
}

/**
 * Gives each event (and what follows from it) a place in the order of the log: by instant, then as they came to this process, unique across
 * processes. In one process never before the last one, also where the clock has gone back: what is said later counts.
 */
export type Places = {
  next(ms: number): string;
  /** Was it given by this process? */
  isOurs(place: string): boolean;
};

export function createPlaces(): Places {
  const process = randomBytes(4).toString("hex").slice(0, 6);
  let count = 0;
  let last = 0;
  return {
    next(ms) {
      last = Math.max(last, ms);
      count = (count + 1) % 32 ** 5;
      return `${instantPart(last)}${count.toString(32).padStart(5, "0")}${process}`;
    },
    isOurs: (place) => place.endsWith(process),
  };
}

/** The place of an event's nth run (from 0): right behind the event's own. */
export function placeOfRun(eventPlace: string, index: number): string {
  return `${eventPlace}${index.toString(32).padStart(RUN_CHARACTERS, "0")}`;
}

export function placeOfEvent(runPlace: string): string {
  return runPlace.slice(0, -RUN_CHARACTERS);
}

const RUN_CHARACTERS = 3;

/** Marks one write, so that whoever lost its answer can see whether it happened. */
export function newMark(): string {
  return randomBytes(9).toString("base64url");
}
