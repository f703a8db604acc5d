import { isDeepStrictEqual } from "node:util";
import { RulewrightError } from "../../model/errors.ts";
import type { DocumentOf, Kind } from "../../model/definition.ts";

/** Encrypts and opens stored secrets; `outbound/secrets.ts` is one. */
export type SecretBox = { seal(text: string): string; open(sealed: string): string };

type AnyDocument = DocumentOf<Kind>;

/** Documents as they are stored: a literal secret never is. */
export type Sealing = {
  seal(document: AnyDocument): AnyDocument;
  /** Is what is stored the same as this document? A secret is sealed anew each time, so the sealed texts say nothing. */
  equal(stored: AnyDocument, document: AnyDocument): boolean;
};

export function createSealing(box: SecretBox): Sealing {
  function seal(document: AnyDocument): AnyDocument {
    if (!("secret" in document) || typeof document.secret !== "string") return document;
    return { ...document, secret: { sealed: box.seal(document.secret) } };
  }

  function open(document: AnyDocument): AnyDocument {
    if (!("secret" in document) || typeof document.secret !== "object" || !("sealed" in document.secret)) return document;
    return { ...document, secret: box.open(document.secret.sealed) };
  }

  function equal(stored: AnyDocument, document: AnyDocument): boolean {
    try {
      return isDeepStrictEqual(plain(open(stored)), plain(open(document)));
    } catch (error) {
      // Sealed with a key that is gone: not equal, so that the document in the file is sealed anew.
      if (error instanceof RulewrightError) return false;
      throw error;
    }
  }

  return { seal, equal };
}

/** As it looks once stored: without keys that are undefined. */
function plain(document: AnyDocument): unknown {
  return JSON.parse(JSON.stringify(document));
}
