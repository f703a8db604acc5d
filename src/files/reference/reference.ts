import { comparatorsFor, ROWS, type Row as ComparatorRow } from "../../criteria/comparators.ts";
import { CATALOGUE } from "../../model/catalogue.ts";
import { KINDS, type Kind } from "../../model/definition.ts";
import { FIELD_TYPES, type FieldType } from "../../model/field.ts";
import { fileForms } from "../file-form.ts";
import { EXAMPLES } from "./examples.ts";
import { rowsOf } from "./rows.ts";

const BEGIN = "<!-- Made by `npm run schema` from here on: change the schemas, not this text. -->";
const END = "<!-- Made by `npm run schema` up to here. -->";

/** A page with its generated part made anew. @throws where the page has not both marks */
export function withReference(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`expected ${BEGIN} and ${END} in the page`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${reference()}\n${page.slice(end)}`;
}

/** Every kind with its keys, the comparators of each type and the built-in modules, as Markdown. */
function reference(): string {
  const kinds = (Object.keys(KINDS) as Kind[]).map(section); // `keys` knows no key types
  return [...kinds, comparators(), modules()].join("\n");
}

function section(kind: Kind): string {
  const shapes = fileForms(kind).map((form) => form.omit({ kind: true }).shape);
  const rows = rowsOf(shapes).map(({ key, type, preset, meaning }) => [
    `\`${key}\``,
    cell(type),
    preset === "required" || preset === "" ? preset : `\`${preset}\``,
    cell(meaning),
  ]);
  const keys = table(["key", "type", "default", "meaning"], rows);
  return `### ${kind}\n\n${KINDS[kind].description ?? ""}\n\n${keys}\n\`\`\`yaml\n${EXAMPLES[kind]}\`\`\`\n`;
}

const VALUES: Readonly<Record<ComparatorRow["takes"], string>> = {
  none: "no value",
  one: "one value",
  list: "a list of values",
  pair: "a list `[low, high]`",
  regex: "a regular expression (RE2 syntax)",
};

function comparators(): string {
  const fitting = (type: FieldType): string => names(comparatorsFor(type));
  const types = [...new Set(FIELD_TYPES.map(fitting))].map((same) => [names(FIELD_TYPES.filter((type) => fitting(type) === same)), same]);
  const values = Object.entries(VALUES).map(([takes, value]) => [
    value,
    names(Object.entries(ROWS).flatMap(([name, row]) => (row.takes === takes ? [name] : []))),
  ]);
  return `### Comparators\n\n${table(["field type", "comparators"], types)}\n${table(["what `value` holds", "comparators"], values)}`;
}

function modules(): string {
  const rows = CATALOGUE.map(({ name, aliases, singular, idFields }) => [
    names([name]),
    names(aliases),
    names([singular]),
    names(idFields),
  ]);
  return `### Built-in modules\n\n${table(["module", "alias", "singular", "id, the first field that holds one"], rows)}`;
}

function names(list: readonly string[]): string {
  return list.map((name) => `\`${name}\``).join(" ");
}

/** Text of a schema as a cell of a table: no bar ends it, no sign starts Markdown. */
function cell(text: string): string {
  return text.replaceAll(/[|<*]/g, "\\$&");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}
