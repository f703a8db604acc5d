import type { Engine } from "../../engine/engine.ts";
import type { DefinitionView } from "../../engine/definitions/view.ts";
import { RulewrightError } from "../../model/errors.ts";
import { nearest } from "../../model/nearest.ts";

export type RuleView = DefinitionView<"WorkflowRule">;

const PAGE = 200;
const SHOWN_NAMES = 12;

/**
 * The rule of an id or a name; `module` says which, where a name stands in several.
 * @throws RulewrightError not_found with the nearest name, validation_failed where it could be several
 */
export async function findRule(engine: Engine, organization: string, named: string, module: string | undefined): Promise<RuleView> {
  const inModule = module === undefined ? undefined : engine.settings.module(organization, module).name;
  const all = await allRules(engine, organization);
  const rules = all.filter((rule) => inModule === undefined || rule.module === inModule);
  const byId = rules.find(({ id }) => id === named);
  if (byId) return byId;
  const [rule, ...others] = rules.filter(({ name }) => name === named);
  if (rule && others.length === 0) return rule;
  if (rule) {
    const modules = [rule, ...others].map((each) => each.module);
    throw new RulewrightError("validation_failed", `Rule "${named}" stands in several modules: ${modules.join(", ")}`, {
      issues: [{ path: "rule", message: "which of them is meant?", hint: `say which with --module, such as --module ${rule.module}` }],
    });
  }
  const where = inModule === undefined ? "" : ` of module ${inModule}`;
  throw new RulewrightError("not_found", `There is no rule "${named}"${where}`, {
    issues: [{ path: "rule", message: "unknown rule", hint: hint(named, rules, all, where) }],
  });
}

async function allRules(engine: Engine, organization: string): Promise<readonly RuleView[]> {
  const rules: RuleView[] = [];
  for (let cursor: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof engine.definitions.list<"WorkflowRule">>> = await engine.definitions.list(
      organization,
      "WorkflowRule",
      {},
      { limit: PAGE, cursor },
    );
    rules.push(...page.data);
    cursor = page.nextCursor;
    if (cursor === null) return rules;
  }
}

function hint(named: string, rules: readonly RuleView[], all: readonly RuleView[], where: string): string {
  const elsewhere = all.find(({ name }) => name === named);
  if (elsewhere) return `there is one of module ${elsewhere.module}`;
  const names = [...new Set(rules.map(({ name }) => name))];
  const near = nearest(named, names);
  if (near !== null) return `did you mean "${near}"?`;
  if (names.length === 0) return `there are no rules${where}`;
  const more = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : "";
  return `the rules${where} are ${names.slice(0, SHOWN_NAMES).join(", ")}${more}`;
}
