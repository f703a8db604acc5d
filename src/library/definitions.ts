import type { Expectation } from "../engine/definitions/use-cases.ts";
import type { Engine } from "../engine/engine.ts";
import { DefinitionFilters, Pages, Rollback } from "../rest/requests.ts";
import type { Page } from "../store/page.ts";
import { askedPage, checked, given, name } from "./ask.ts";
import type { Changes, DefinitionView, DocumentInput, NamedKind, VersionView } from "./documents.ts";
import type { Gate } from "./gate.ts";
import type { PageOptions } from "./page.ts";

/** Filters of a list of definitions. */
export type DefinitionQuery = PageOptions & {
  /** A module's name or alias. */
  readonly module?: string | undefined;
  readonly active?: boolean | undefined;
};

export type IfVersion = {
  /** Refuse with `precondition_failed` unless it still has this version. */
  readonly ifVersion?: number | undefined;
};

/**
 * One kind of definition: the routes of `/v1/workflow-rules` and its like as methods. Changes answer the definition as it is then.
 * All throw RulewrightError: not_found; changes also validation_failed, limit_exceeded, conflict, managed_by_file, precondition_failed.
 */
export type DefinitionMethods<K extends NamedKind> = {
  /** Rules by module in the order they run, the rest by module and name. */
  list(query?: DefinitionQuery): Promise<Page<DefinitionView<K>>>;
  get(id: string): Promise<DefinitionView<K>>;
  create(document: DocumentInput<K>): Promise<DefinitionView<K>>;
  /** Saves the whole document as the next version; what `get` gave may be sent back, changed. */
  replace(id: string, document: DocumentInput<K> | DefinitionView<K>, options?: IfVersion): Promise<DefinitionView<K>>;
  /** Sets the top-level keys that it names; null takes one out. */
  update(id: string, changes: Changes<DocumentInput<K>>, options?: IfVersion): Promise<DefinitionView<K>>;
  /** Refused where it is in use. A rule's pending runs are cancelled. */
  delete(id: string, options?: IfVersion): Promise<void>;
  /** Newest first. */
  versions(id: string, page?: PageOptions): Promise<Page<VersionView<K>>>;
  /** Saves an earlier version as the next one. */
  rollback(id: string, version: number): Promise<DefinitionView<K>>;
};

function expectation(ifVersion: number | undefined): Expectation | null {
  return ifVersion === undefined ? null : { asked: `version ${ifVersion}`, fits: ({ version }) => version === ifVersion };
}

export function definitionMethods<K extends NamedKind>(engine: Engine, organization: string, gate: Gate, kind: K): DefinitionMethods<K> {
  const { definitions } = engine;
  return {
    list: (query = {}) =>
      gate.answer(() => {
        const { filter, page } = askedPage(DefinitionFilters, query);
        return definitions.list(organization, kind, filter, page);
      }),
    get: (id) => gate.answer(() => definitions.get(organization, kind, name(id, "id"))),
    create: (document) => gate.answer(() => definitions.create(organization, kind, given(document, "a document"))),
    replace: (id, document, { ifVersion } = {}) =>
      gate.answer(() => definitions.replace(organization, kind, name(id, "id"), given(document, "a document"), expectation(ifVersion))),
    update: (id, changes, { ifVersion } = {}) =>
      gate.answer(() => definitions.patch(organization, kind, name(id, "id"), given(changes, "changes"), expectation(ifVersion))),
    delete: (id, { ifVersion } = {}) => gate.run(() => definitions.remove(organization, kind, name(id, "id"), expectation(ifVersion))),
    versions: (id, page = {}) => gate.answer(() => definitions.versions(organization, kind, name(id, "id"), askedPage(Pages, page).page)),
    rollback: (id, version) =>
      gate.answer(() => definitions.rollback(organization, kind, name(id, "id"), checked(Rollback, { version }).version)),
  };
}
