import { CATALOGUE } from "../model/catalogue.ts";
import type { Document } from "../model/definition.ts";
import type { DocumentIssue, SourcedDocument } from "./sourced-document.ts";

/** Names that stand twice: unique per kind, of rules per module, and one organization at most (contract, section 1). The issue is the later one's. */
export function findDuplicates(documents: readonly SourcedDocument[]): readonly DocumentIssue[] {
  const first = new Map<string, SourcedDocument>();
  return documents.flatMap((document, index) => {
    const { key, path, title } = identityOf(document);
    const earlier = first.get(key);
    if (!earlier) {
      first.set(key, document);
      return [];
    }
    const { line, column } = earlier.locate(path);
    return [
      {
        index,
        path,
        message: `${title} is defined twice, first in ${earlier.file}:${line}:${column}`,
      },
    ];
  });
}

type Identity = { readonly key: string; readonly path: string; readonly title: string };

function identityOf(document: Document): Identity {
  switch (document.kind) {
    case "Organization":
      return { key: document.kind, path: "", title: document.kind };
    case "Module":
      return named(document.kind, canonical(document.document.name), document.document.name);
    case "WorkflowRule": {
      const { name, module } = document.document;
      return {
        ...named(document.kind, `${canonical(module)} ${name}`, name),
        title: `WorkflowRule "${name}" of ${module}`,
      };
    }
    case "EmailTemplate":
    case "EmailAlert":
    case "InAppNotification":
    case "FieldUpdate":
    case "Webhook":
    case "CustomFunction":
    case "Connection":
    case "Schedule":
      return named(document.kind, document.document.name, document.document.name);
  }
}

function named(kind: string, key: string, name: string): Identity {
  return { key: `${kind} ${key}`, path: "name", title: `${kind} "${name}"` };
}

/** `estimates` and `quotes` are one module. */
function canonical(module: string): string {
  return CATALOGUE.find((each) => each.aliases.includes(module))?.name ?? module;
}
