export { contactOf } from "./entities.ts";
export type { PlaceholderContext } from "./escape.ts";
export { checkPlaceholders, compileTemplate, type PlaceholderTemplate, withProbe } from "./template.ts";
export type { PlaceholderValues } from "./value.ts";
