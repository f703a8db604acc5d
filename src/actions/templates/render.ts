import { isList } from "../../criteria/list.ts";
import { isJsonObject, type JsonObject } from "../../model/json.ts";
import type { Organization } from "../../model/organization.ts";
import { HELPERS, textOf, type Value } from "./helper-table.ts";
import type { Expression, LoopName, Program, Step } from "./program.ts";
import { TemplateError } from "./problem.ts";

/** 256 KB: of characters, because that is what a string's length counts. */
const MAX_OUTPUT = 262_144;
/** Steps of one rendering: a loop over a record's lines inside another is bounded by this, whether it prints or not. */
const MAX_STEPS = 100_000;

export type RenderSettings = { readonly organization: Organization; readonly escape: boolean };

/** The innermost context is the first. */
type Scope = {
  readonly contexts: readonly Value[];
  readonly named: Readonly<Record<string, Value>>;
  readonly loop: Readonly<Record<LoopName, Value>> | null;
};

type Output = RenderSettings & { text: string; steps: number };

/**
 * Renders a checked program as Handlebars would (a test holds the two together), without making code of it or calling anything in the data.
 * @throws TemplateError where it prints more than 256 KB or takes too many steps.
 */
export function renderProgram(program: Program, context: JsonObject, settings: RenderSettings): string {
  const output: Output = { ...settings, text: "", steps: 0 };
  renderSteps(program, { contexts: [context], named: {}, loop: null }, output);
  return output.text;
}

function renderSteps(program: Program, scope: Scope, output: Output): void {
  for (const step of program) renderStep(step, scope, output);
}

function renderStep(step: Step, scope: Scope, output: Output): void {
  count(output);
  switch (step.kind) {
    case "text":
      return print(step.text, output);
    case "output": {
      const text = textOf(evaluate(step.value, scope, output));
      // Before escaping, which takes time by length.
      if (text.length > MAX_OUTPUT) throw tooLong();
      return print(output.escape ? escapeHtml(text) : text, output);
    }
    case "if":
      return renderSteps(holds(evaluate(step.of, scope, output)) ? step.body : step.otherwise, scope, output);
    case "with": {
      const value = evaluate(step.of, scope, output);
      if (isHollow(value)) return renderSteps(step.otherwise, scope, output);
      return renderSteps(step.body, within(scope, value, step.names, [value]), output);
    }
    case "each":
      return renderEach(step, scope, output);
  }
}

function renderEach(step: Extract<Step, { names: readonly string[] }>, scope: Scope, output: Output): void {
  const elements = entriesOf(evaluate(step.of, scope, output));
  if (elements.length === 0) return renderSteps(step.otherwise, scope, output);
  for (const [index, [key, value]] of elements.entries()) {
    count(output);
    const loop = { index, key, first: index === 0, last: index === elements.length - 1 };
    renderSteps(step.body, { ...within(scope, value, step.names, [value, key]), loop }, output);
  }
}

function entriesOf(value: Value): readonly (readonly [key: string | number, value: Value])[] {
  if (isList(value)) return value.map((element, index) => [index, element] as const);
  return isJsonObject(value) ? Object.entries(value) : [];
}

function within(scope: Scope, value: Value, names: readonly string[], values: readonly Value[]): Scope {
  const named = { ...scope.named, ...Object.fromEntries(names.map((name, index) => [name, values[index]])) };
  return { contexts: [value, ...scope.contexts], named, loop: scope.loop };
}

function evaluate(expression: Expression, scope: Scope, output: Output): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "path":
      return expression.keys.reduce(own, scope.contexts[expression.up]);
    case "named":
      return expression.keys.reduce(own, scope.named[expression.name]);
    case "loop":
      return scope.loop?.[expression.name];
    case "call":
      count(output);
      return HELPERS[expression.helper].call(
        expression.args.map((arg) => evaluate(arg, scope, output)),
        output.organization,
      );
  }
}

function own(value: Value, key: string): Value {
  if (isList(value) || typeof value === "string")
    return key === "length" ? value.length : /^\d+$/.test(key) ? value[Number(key)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Handlebars' own idea of empty: 0 is something, except to `if`. */
function isHollow(value: Value): boolean {
  return isList(value) ? value.length === 0 : !value && value !== 0;
}

function holds(value: Value): boolean {
  return value !== 0 && !isHollow(value);
}

function count(output: Output): void {
  if (++output.steps > MAX_STEPS) throw new TemplateError(`the template takes more than ${MAX_STEPS} steps for this record`);
}

function print(text: string, output: Output): void {
  if (output.text.length + text.length > MAX_OUTPUT) throw tooLong();
  output.text += text;
}

function tooLong(): TemplateError {
  return new TemplateError(`the template makes more than ${MAX_OUTPUT / 1024} KB of this record`);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#x27;",
  "`": "&#x60;",
  "=": "&#x3D;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`=]/g, (character) => ENTITIES[character] ?? "");
}
