import { z } from "zod";
import type { Expectation } from "../engine/definitions/use-cases.ts";
import type { DefinitionView } from "../engine/definitions/view.ts";
import { RulewrightError } from "../model/errors.ts";

/** The header of routes that change one thing. */
export const IfMatch = z.looseObject({
  "if-match": z.string().exactOptional().meta({ description: "The `ETag` that it must still have, or *." }),
});

/** A record's revision as its strong entity tag. */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** A definition's version as its strong entity tag; one that is switched off is another representation. */
export function etagOfDefinition({ version, active }: Pick<DefinitionView, "version" | "active">): string {
  return active ? `"${version}"` : `"${version}-inactive"`;
}

/** A request's `If-Match` as what a definition must still be; null where it has none. @throws RulewrightError validation_failed */
export function expectationOf(header: string | undefined): Expectation | null {
  if (header === undefined) return null;
  const fits = parse(header);
  return { asked: `If-Match ${header}`, fits: (current) => fits(etagOfDefinition(current)) };
}

const TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;

/**
 * Writes under the request's `If-Match` (RFC 9110, section 13.1.1): `*` asks that the record be there, tags that its revision be one of them.
 * @param write is given the revision that must still be there, or null where any will do.
 * @throws RulewrightError precondition_failed, validation_failed
 */
export async function withIfMatch<T>(
  header: string | undefined,
  current: () => Promise<number | null>,
  write: (ifRevision: number | null) => Promise<T>,
): Promise<T> {
  if (header === undefined) return write(null);
  const fits = parse(header);
  for (;;) {
    const revision = await current();
    if (revision === null || !fits(etagOf(revision)))
      throw new RulewrightError(
        "precondition_failed",
        `If-Match asks for ${header}, found ${revision === null ? "nothing" : etagOf(revision)}`,
      );
    try {
      return await write(revision);
    } catch (error) {
      // Somebody wrote in between; what is there now may fit as well.
      if (!(error instanceof RulewrightError) || error.code !== "precondition_failed") throw error;
    }
  }
}

/** Weak tags never match: `If-Match` compares strongly. */
function parse(header: string): (etag: string) => boolean {
  const tags = header.split(",").map((tag) => tag.trim());
  if (tags.length === 1 && tags[0] === "*") return () => true;
  if (!tags.every((tag) => TAG.test(tag)))
    throw new RulewrightError("validation_failed", `Expected If-Match to be the ETag of an earlier answer such as "3", or *`, {
      issues: [{ path: "If-Match", message: `expected an ETag with its quotes, such as "3", or several with commas between them, or *` }],
    });
  return (etag) => tags.includes(etag);
}
