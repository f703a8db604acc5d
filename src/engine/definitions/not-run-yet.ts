import type { Defined, Snapshot } from "./snapshot.ts";
import { titleOf } from "./identity.ts";

/** What may be defined today and runs from a later version on, a line each: `custom function "late-fee": functions of language javascript`. */
export function notRunYet({ definitions }: Pick<Snapshot, "definitions">): readonly string[] {
  return definitions.flatMap((one) => reasonsOf(one).map((reason) => `${titleOf(one.kind, one.entry.name)}: ${reason}`));
}

function reasonsOf(one: Defined): readonly string[] {
  switch (one.kind) {
    case "CustomFunction":
      if (one.document.language === "javascript") return ["functions of language javascript"];
      return one.document.connections.length > 0 ? ["functions with connections"] : [];
    case "Webhook": {
      const { authorization, body } = one.document;
      return [
        ...(authorization.type === "connection" ? ["webhooks with a connection"] : []),
        ...(body.type === "formData" ? ["bodies of type formData"] : []),
      ];
    }
    case "WorkflowRule":
    case "Schedule":
    case "Organization":
    case "Module":
    case "EmailTemplate":
    case "EmailAlert":
    case "InAppNotification":
    case "FieldUpdate":
    case "Connection":
      return [];
  }
}
