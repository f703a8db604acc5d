import type { Limits } from "../../model/organization.ts";
import type { ModuleDocument } from "../../model/module.ts";
import type { Page, PageRequest } from "../../store/page.ts";
import type { DefinitionView, NamedKind, OrganizationView, VersionView } from "./view.ts";

export type DefinitionFilter = { readonly module?: string; readonly active?: boolean };

/** What a definition must still be for a change to be made: judged on what is stored, not on what this process last saw. */
export type Expectation = { readonly asked: string; fits(current: DefinitionView): boolean };

/** What becomes of the runs that a rule has planned and that have not started. */
export type PendingRuns = "keep" | "cancel";

/**
 * Definitions one by one, for routes and library alike. Bodies are checked with the kind's schema and then with everything else that is
 * defined. `expects` is asked of the definition that the change begins from (precondition_failed). All throw RulewrightError: not_found; of changes: validation_failed, limit_exceeded, conflict, managed_by_file.
 */
export type DefinitionUseCases = {
  /** Rules by module in the order they run, the rest by module and name. */
  list<K extends NamedKind>(organization: string, kind: K, filter: DefinitionFilter, page: PageRequest): Promise<Page<DefinitionView<K>>>;
  get<K extends NamedKind>(organization: string, kind: K, id: string): Promise<DefinitionView<K>>;
  create<K extends NamedKind>(organization: string, kind: K, body: unknown): Promise<DefinitionView<K>>;
  /** Saves the whole document as the next version; one that says the same saves nothing. */
  replace<K extends NamedKind>(
    organization: string,
    kind: K,
    id: string,
    body: unknown,
    expects?: Expectation | null,
  ): Promise<DefinitionView<K>>;
  /** Sets the top-level keys that it names; null takes one out, so that it has its default again. */
  patch<K extends NamedKind>(
    organization: string,
    kind: K,
    id: string,
    changes: unknown,
    expects?: Expectation | null,
  ): Promise<DefinitionView<K>>;
  /** A rule's pending runs are cancelled. @throws RulewrightError conflict naming what uses it */
  remove(organization: string, kind: NamedKind, id: string, expects?: Expectation | null): Promise<void>;
  /** Newest first. */
  versions<K extends NamedKind>(organization: string, kind: K, id: string, page: PageRequest): Promise<Page<VersionView<K>>>;
  /** Saves an earlier version's document as the next version. */
  rollback<K extends NamedKind>(organization: string, kind: K, id: string, version: number): Promise<DefinitionView<K>>;
  /** A copy, inactive until somebody has looked at it; `changes` as in `patch`, the name is made up where left out. */
  clone<K extends NamedKind>(organization: string, kind: K, id: string, changes: unknown): Promise<DefinitionView<K>>;
  /** Allowed for definitions from files, too: anybody can stop a runaway rule. Holds until its document changes. */
  activate(organization: string, id: string): Promise<DefinitionView<"WorkflowRule">>;
  deactivate(organization: string, id: string, pendingRuns: PendingRuns): Promise<DefinitionView<"WorkflowRule">>;
  /** `ids`: every rule of the module, in the order they shall run. Those from files keep the order of their files among themselves. */
  order(organization: string, module: string, ids: readonly string[]): Promise<readonly DefinitionView<"WorkflowRule">[]>;
};

/** A module as it is used: the catalogue's and the organization's own fields together. */
export type ModuleView = {
  readonly name: string;
  readonly label: string;
  readonly singular: string;
  readonly aliases: readonly string[];
  /** Where its document names one. */
  readonly idField?: string;
  readonly idFields: readonly string[];
  readonly fields: readonly ModuleDocument["fields"][number][];
  readonly triggers: readonly string[];
  readonly builtIn: boolean;
  readonly managedBy: "catalogue" | "file" | "api";
};

/** The organization, its limits and its modules: there is one of each, so they have no ids. Changes throw as those of definitions do. */
export type SettingsUseCases = {
  organization(organization: string): OrganizationView;
  /** Limits that it does not name stay as they are. */
  replaceOrganization(organization: string, body: unknown): Promise<OrganizationView>;
  limits(organization: string): Limits;
  replaceLimits(organization: string, body: unknown): Promise<Limits>;
  /** By name. */
  modules(organization: string): readonly ModuleView[];
  module(organization: string, name: string): ModuleView;
  /** The module document without its name: more fields for a built-in module, or a module of one's own. */
  replaceModule(organization: string, name: string, body: unknown): Promise<ModuleView>;
};
