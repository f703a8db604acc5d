import type { Engine } from "../engine/engine.ts";
import type { Author } from "../engine/records.ts";
import type { JsonObject } from "../model/json.ts";
import { Pages } from "../rest/requests.ts";
import type { Page } from "../store/page.ts";
import { askedPage, name, record as recordOf, shownPage } from "./ask.ts";
import type { Gate } from "./gate.ts";
import type { PageOptions } from "./page.ts";

export type IfRevision = {
  /** Refuse with `precondition_failed` unless the record still has this revision. */
  readonly ifRevision?: number | undefined;
};

/**
 * The built-in record store: the routes of `/v1/modules/{module}/records` as methods. Each change is an event of origin `api`, so rules run.
 * All throw RulewrightError: not_found, validation_failed; changes also precondition_failed, overloaded.
 */
export type RecordMethods = {
  /** In the order of their ids. */
  list(module: string, page?: PageOptions): Promise<Page<JsonObject>>;
  get(module: string, id: string): Promise<JsonObject>;
  /** A number that grows with every change: ask for it before `get`, then give it as `ifRevision`. The route's `ETag`. */
  revision(module: string, id: string): Promise<number>;
  /** With an id of its own, or a new one. @throws RulewrightError conflict where it is there */
  create(module: string, record: object): Promise<JsonObject>;
  /** Creates or replaces. */
  replace(module: string, id: string, record: object, options?: IfRevision): Promise<JsonObject>;
  /** Sets top-level keys. */
  update(module: string, id: string, changes: object, options?: IfRevision): Promise<JsonObject>;
  delete(module: string, id: string, options?: IfRevision): Promise<void>;
};

export function recordMethods({ records }: Engine, organization: string, gate: Gate): RecordMethods {
  const author: Author = { organization, origin: "api", ancestry: [] };

  const find = (module: string, id: string) => records.get(organization, name(module, "module"), name(id, "id"));

  return {
    list: (module, page = {}) =>
      gate.answer(async () =>
        shownPage(await records.list(organization, name(module, "module"), askedPage(Pages, page).page), ({ body }) => body),
      ),
    get: (module, id) => gate.answer(async () => (await find(module, id)).body),
    revision: (module, id) => gate.answer(async () => (await find(module, id)).revision),
    create: (module, record) => gate.answer(async () => (await records.create(name(module, "module"), recordOf(record), author)).body),
    replace: (module, id, record, { ifRevision = null } = {}) =>
      gate.answer(async () => (await records.replace(name(module, "module"), name(id, "id"), recordOf(record), ifRevision, author)).body),
    update: (module, id, changes, { ifRevision = null } = {}) =>
      gate.answer(async () => (await records.patch(name(module, "module"), name(id, "id"), recordOf(changes), ifRevision, author)).body),
    delete: (module, id, { ifRevision = null } = {}) =>
      gate.run(() => records.remove(name(module, "module"), name(id, "id"), ifRevision, author)),
  };
}
