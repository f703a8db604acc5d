import type { RemoveJobsOptions } from "agenda";

/** A condition in SQL with what is bound to it. */
export type Condition = { readonly sql: string; readonly values: readonly (string | number)[] };

export function all(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { sql: "true", values: [] };
  return { sql: conditions.map(({ sql }) => sql).join(" and "), values: conditions.flatMap(({ values }) => values) };
}

/** Which jobs are meant; null where nothing says which. */
export function chosen({ id, ids, name, names, notNames, data }: RemoveJobsOptions): Condition | null {
  const conditions: Condition[] = [];
  if (id !== undefined) conditions.push({ sql: "id = ?", values: [id] });
  else if (ids) conditions.push(among("id", ids));
  if (name) conditions.push({ sql: "name = ?", values: [name] });
  else if (names) conditions.push(among("name", names));
  else if (notNames && notNames.length > 0) conditions.push({ sql: `not ${among("name", notNames).sql}`, values: notNames });
  conditions.push(...matching(data));
  return conditions.length === 0 ? null : all(conditions);
}

export function among(column: "id" | "name", values: readonly string[]): Condition {
  return { sql: `${column} in (${values.map(() => "?").join(", ")})`, values };
}

/** An object's fields have to be there, at whatever depth; anything else has to be all there is. */
export function matching(data: unknown, path: readonly string[] = []): readonly Condition[] {
  if (data === undefined && path.length === 0) return [];
  if (!isObject(data)) return [equals(path, data)];
  return Object.entries(data).flatMap(([key, value]) => matching(value, [...path, key]));
}

const COLUMNS: ReadonlyMap<string, string> = new Map([
  ["name", "name"],
  ["type", "type"],
  ["priority", "priority"],
  ["lastModifiedBy", "last_modified_by"],
]);

/** The job that a unique key of Agenda's means: columns, and fields of its data by paths such as `data.at`. @throws Error for another field */
export function uniquely(name: string, key: Readonly<Record<string, unknown>>): Condition {
  return all([
    { sql: "name = ?", values: [name] },
    ...Object.entries(key).map(([field, value]): Condition => {
      const [first, ...path] = field.split(".");
      if (first === "data") return equals(path, value);
      const column = COLUMNS.get(field);
      if (column === undefined || (typeof value !== "string" && typeof value !== "number"))
        throw new Error(`unique: expected data, ${[...COLUMNS.keys()].join(", ")} and values that are text or numbers, got "${field}"`);
      return { sql: `${column} = ?`, values: [value] };
    }),
  ]);
}

/** A field of the data is missing where it is to be null. */
function equals(path: readonly string[], wanted: unknown): Condition {
  // As it would be stored: a date is text.
  const value: unknown = wanted === undefined ? null : JSON.parse(JSON.stringify(wanted));
  const at = literal(path);
  if (value === null) return { sql: `json_extract(data, ${at}) is null`, values: [] };
  if (typeof value === "boolean") return { sql: `json_type(data, ${at}) = '${value}'`, values: [] };
  if (typeof value === "string" || typeof value === "number") return { sql: `json_extract(data, ${at}) = ?`, values: [value] };
  return { sql: `json_extract(data, ${at}) = json(?)`, values: [JSON.stringify(value)] };
}

/** Not bound: the index of wake-ups is one of just this expression. */
function literal(path: readonly string[]): string {
  const keys = path.map((key) => (/^[a-z]\w*$/i.test(key) ? `.${key}` : `."${key}"`));
  return `'$${keys.join("").replaceAll("'", "''")}'`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
