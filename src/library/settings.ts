import type { ModuleView } from "../engine/definitions/use-cases.ts";
import type { OrganizationView } from "../engine/definitions/view.ts";
import type { Engine } from "../engine/engine.ts";
import type { Limits } from "../model/organization.ts";
import { pageOfModules } from "../rest/module-page.ts";
import { Pages } from "../rest/requests.ts";
import type { Page } from "../store/page.ts";
import { askedPage, given, name } from "./ask.ts";
import type { LimitsInput, ModuleInput, OrganizationInput } from "./documents.ts";
import type { Gate } from "./gate.ts";
import type { PageOptions } from "./page.ts";

/** The organization, its limits and its modules. Changes throw RulewrightError: validation_failed, conflict, managed_by_file. */
export type SettingsMethods = {
  readonly organization: {
    get(): Promise<OrganizationView>;
    /** Limits left out stay as they are. */
    replace(document: OrganizationInput | OrganizationView): Promise<OrganizationView>;
  };
  readonly limits: {
    get(): Promise<Limits>;
    /** Those left out have their defaults again. */
    replace(limits: LimitsInput): Promise<Limits>;
  };
  readonly modules: {
    /** Built-in ones and those of one's own, by name. */
    list(page?: PageOptions): Promise<Page<ModuleView>>;
    /** By name or alias. @throws RulewrightError not_found */
    get(module: string): Promise<ModuleView>;
    replace(module: string, document: ModuleInput | ModuleView): Promise<ModuleView>;
  };
};

export function settingsMethods({ settings }: Engine, organization: string, gate: Gate): SettingsMethods {
  return {
    organization: {
      get: () => gate.answer(() => settings.organization(organization)),
      replace: (document) => gate.answer(() => settings.replaceOrganization(organization, given(document, "a document"))),
    },
    limits: {
      get: () => gate.answer(() => settings.limits(organization)),
      replace: (limits) => gate.answer(() => settings.replaceLimits(organization, given(limits, "limits"))),
    },
    modules: {
      list: (page = {}) => gate.answer(() => pageOfModules(settings.modules(organization), askedPage(Pages, page).page)),
      get: (module) => gate.answer(() => settings.module(organization, name(module, "name"))),
      replace: (module, document) =>
        gate.answer(() => settings.replaceModule(organization, name(module, "name"), given(document, "a document"))),
    },
  };
}
