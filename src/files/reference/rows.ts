import { stringify } from "yaml";
import { z } from "zod";
import { Duration } from "../../model/duration.ts";
import { elementOf, shapesOf, unwrap, wordsOf } from "./words.ts";

/** One key of a kind. `preset` is "required", the default as YAML, or empty for a key that may be left out. */
export type Row = { readonly key: string; readonly type: string; readonly preset: string; readonly meaning: string };

/** Where a schema was met on the way down: a field has fields. */
type Above = ReadonlyMap<z.core.$ZodType, string>;

/** The keys of the forms that a document may have, each followed by the keys below it: `conditions[].criteria[].field`. */
export function rowsOf(shapes: readonly z.core.$ZodShape[], prefix = "", above: Above = new Map()): readonly Row[] {
  const common = (key: string): boolean => shapes.every((shape) => key in shape);
  const told = shapes.map((shape) => discriminator(shape, shapes));
  const sections = shapes.flatMap((shape, index) =>
    Object.entries(shape).map(([key, schema]) => {
      const [row, ...below] = rowsOfKey(`${prefix}${key}`, schema, above);
      // What only one of several forms needs is not required as such.
      const preset = row.preset === "required" && !common(key) && told[index]?.value === null ? "" : row.preset;
      return { key, form: told[index], rows: [{ ...row, preset }, ...below] as const };
    }),
  );
  const names = [...new Set(sections.map(({ key }) => key))];
  return names.flatMap((name) => {
    const same = sections.filter(({ key }) => key === name);
    const [first] = same;
    if (first === undefined) return [];
    if (first.form?.key === name && first.form.value !== null) return [choice(same.map(({ rows: [row] }) => row))];
    const differ = same.some(({ rows }) => JSON.stringify(rows) !== JSON.stringify(first.rows));
    if (!differ && (common(name) || first.form?.value === null)) return first.rows;
    return same.flatMap(({ rows: [row, ...below], form }) => [{ ...row, meaning: `${condition(form, name)}${row.meaning}` }, ...below]);
  });
}

type Form = { readonly key: string; readonly value: string | null };

/** What tells one form from the others: a key with a value of its own, else a key that not all of them have. */
function discriminator(shape: z.core.$ZodShape, shapes: readonly z.core.$ZodShape[]): Form | undefined {
  if (shapes.length === 1) return undefined;
  for (const [key, schema] of Object.entries(shape)) {
    const values = schema._zod.values;
    if (shapes.every((each) => key in each) && values?.size === 1) return { key, value: String([...values][0]) };
  }
  const own = Object.keys(shape).find((key) => !shapes.every((each) => key in each));
  return own === undefined ? undefined : { key: own, value: null };
}

function condition(form: Form | undefined, key: string): string {
  if (form === undefined || form.key === key) return "";
  return form.value === null ? `Beside \`${form.key}\`: ` : `With \`${form.key}: ${form.value}\`: `;
}

/** The key that tells the forms apart, once, with what each of its values means. */
function choice(rows: readonly Row[]): Row {
  const [first = { key: "", type: "", preset: "", meaning: "" }] = rows;
  const values = rows.map(({ type }) => type);
  return {
    ...first,
    type: `one of ${values.join(", ")}`,
    meaning: rows.map(({ type, meaning }) => `\`${type}\`: ${meaning}`).join(" "),
  };
}

function rowsOfKey(key: string, schema: z.core.$ZodType, above: Above): readonly [Row, ...Row[]] {
  const { inner, required, preset } = unwrap(schema);
  const element = elementOf(inner);
  const value = element ?? inner;
  const path = element === null ? key : `${key}[]`;
  const seen = above.get(value);
  const row = {
    key,
    type: seen === undefined ? wordsOf(inner) : `${wordsOf(inner)}, each as ${seen}`,
    preset: required ? "required" : preset === undefined ? "" : stringify(preset, { collectionStyle: "flow" }).trim(),
    meaning: z.globalRegistry.get(schema)?.description ?? "",
  };
  // The words of a length of time name its keys.
  if (seen !== undefined || isDuration(value)) return [row];
  return [row, ...rowsOf(shapesOf(value), `${path}.`, new Map([...above, [value, path]]))];
}

function isDuration(schema: z.core.$ZodType): boolean {
  return schema === Duration || schema._zod.parent === Duration;
}
