import type { TopLevelCondition } from "json-rules-engine";
import type { Comparator, Criterion, Operand } from "../model/criterion.ts";
import { RulewrightError } from "../model/errors.ts";
import type { FieldType } from "../model/field.ts";
import type { Module } from "../model/module.ts";
import { FAMILY, ROWS, valueType } from "./comparators.ts";
import { findField, type CustomField } from "./fields.ts";
import { defaultPattern, parsePattern, type PatternNode } from "./pattern.ts";

export type { TopLevelCondition } from "json-rules-engine";
export type NestedCondition = Extract<TopLevelCondition, { readonly all: unknown }>["all"][number];

/** How a fact is read: everything that its path does not say. */
export type FactParams = {
  /** Absent: as what its JSON is. */
  readonly type?: FieldType;
  readonly caseSensitive?: true;
  readonly customField?: CustomField;
};

/** Another field of the record, in the form in which json-rules-engine looks it up. */
export type Reference = { readonly fact: string; readonly params: FactParams };
export type LeafOperand = Exclude<Operand, { readonly field: string }> | Reference;

/** A criterion as json-rules-engine keeps it. */
export type Leaf = {
  readonly fact: string;
  readonly operator: Comparator;
  readonly value: LeafOperand | readonly LeafOperand[];
  readonly params: FactParams;
  /** The criterion's number. */
  readonly name: string;
};

export type CriteriaBlock = { readonly criteria: readonly Criterion[]; readonly pattern?: string | undefined };

/**
 * A block's criteria as json-rules-engine conditions, with everything that evaluating them needs; null where there are none and every
 * record matches. Throws `validation_failed` for a pattern that `checkCriteria` refuses.
 */
export function toConditions(block: CriteriaBlock, module: Module): TopLevelCondition | null {
  const { criteria } = block;
  if (criteria.length === 0) return null;
  const parsed = parsePattern(block.pattern ?? defaultPattern(criteria.length), criteria.length);
  if ("error" in parsed)
    throw new RulewrightError("validation_failed", parsed.error, { issues: [{ path: "pattern", message: parsed.error }] });
  const leaves = criteria.map((criterion, index) => toLeaf(criterion, index + 1, module));
  const root = toNode(parsed.node, leaves);
  return "fact" in root ? { all: [root] } : root;
}

function toNode(node: PatternNode, leaves: readonly Leaf[]): NestedCondition {
  if ("all" in node) return { all: node.all.map((part) => toNode(part, leaves)) };
  if ("any" in node) return { any: node.any.map((part) => toNode(part, leaves)) };
  if ("not" in node) return { not: toNode(node.not, leaves) };
  const leaf = leaves[node.criterion - 1];
  if (!leaf) throw new Error(`pattern names criterion ${node.criterion}, which parsePattern refuses`);
  // A copy each time it is used: json-rules-engine writes into what it is given.
  return structuredClone(leaf);
}

function toLeaf(criterion: Criterion, number: number, module: Module): Leaf {
  const row = ROWS[criterion.comparator];
  const type = typeOf(criterion, module);
  const toOperand = (operand: Operand): LeafOperand => {
    if (typeof operand !== "object" || operand === null || !("field" in operand)) return operand;
    const { field } = operand;
    return { fact: field, params: toParams(field, referenceType(field, valueType(row, type), module), criterion, module) };
  };
  const { value = null } = criterion;
  return {
    fact: criterion.field,
    operator: criterion.comparator,
    value: Array.isArray(value) ? value.map(toOperand) : toOperand(value),
    params: toParams(criterion.field, type, criterion, module),
    name: String(number),
  };
}

function toParams(path: string, type: FieldType | undefined, { caseSensitive }: Criterion, module: Module): FactParams {
  const { customField } = findField(module, path);
  return { ...(type && { type }), ...(caseSensitive && { caseSensitive }), ...(customField && { customField }) };
}

/** The type a criterion compares by: declared beside it, else the catalogue's, else that of what it is compared with. */
export function typeOf(criterion: Criterion, module: Module): FieldType | undefined {
  const declared = criterion.type ?? findField(module, criterion.field).field?.type;
  if (declared) return declared;
  const operands = Array.isArray(criterion.value) ? criterion.value : [criterion.value];
  for (const operand of operands) {
    if (typeof operand !== "object" || operand === null) continue;
    const type = "field" in operand ? findField(module, operand.field).field?.type : "date";
    if (type) return type;
  }
  return undefined;
}

/** A referenced field is read by its own type within the same family (a date beside a datetime), else by the type it is compared with. */
function referenceType(path: string, type: FieldType | undefined, module: Module): FieldType | undefined {
  const own = findField(module, path).field?.type;
  return own && (type === undefined || FAMILY[own] === FAMILY[type]) ? own : type;
}

/** A leaf of stored conditions; throws where it is not what `toConditions` makes. */
export function readLeaf(node: NestedCondition): Leaf {
  if (!("fact" in node) || !Object.hasOwn(ROWS, node.operator)) throw new Error(`not a stored criterion: ${JSON.stringify(node)}`);
  // Written by toConditions and never edited since; its comparator was just looked up.
  return node as Leaf;
}
