import type { FieldType } from "../model/field.ts";
import type { Json } from "../model/json.ts";
import { parseDecimal } from "./decimal.ts";
import { EMPTY, MALFORMED, type Decoded } from "./decoded.ts";
import { readList } from "./list.ts";
import { parseMoment, plainDate } from "./moment.ts";

export type Decoder = (raw: Json | undefined) => Decoded;
export type DecodeOptions = { readonly caseSensitive: boolean; readonly zone: string };

/** How a field type reads a raw value (contract, section 6, "Values"); without a type, as what its JSON is. Never throws. */
export function createDecoder(type: FieldType | undefined, options: DecodeOptions): Decoder {
  return type === undefined ? createUntyped(options) : DECODERS[type](options);
}

const createText = ({ caseSensitive }: DecodeOptions): Decoder => {
  const fold = caseSensitive ? normalize : foldCase;
  return (raw) => {
    if (typeof raw === "string") return raw === "" ? EMPTY : fold(raw);
    return typeof raw === "number" || typeof raw === "boolean" ? String(raw) : emptyOrMalformed(raw);
  };
};

/** Ids are names for machines: compared as they are. */
const createId = (): Decoder => createText({ caseSensitive: true, zone: "" });

const createNumber = (): Decoder => (raw) => {
  if (typeof raw === "number") return Number.isFinite(raw) ? raw : MALFORMED;
  if (typeof raw === "string") return raw === "" ? EMPTY : (parseDecimal(raw) ?? MALFORMED);
  return emptyOrMalformed(raw);
};

const createPercent = (): Decoder => {
  const number = createNumber();
  return (raw) => {
    if (typeof raw !== "string" || !raw.endsWith("%")) return number(raw);
    return parseDecimal(raw.slice(0, -1)) ?? MALFORMED;
  };
};

const createBoolean = (): Decoder => (raw) => {
  if (typeof raw === "boolean") return raw;
  if (typeof raw !== "string" || raw === "") return emptyOrMalformed(raw);
  if (raw === "true" || /^true$/i.test(raw)) return true;
  return raw === "false" || /^false$/i.test(raw) ? false : MALFORMED;
};

const createDate =
  ({ zone }: DecodeOptions): Decoder =>
  (raw) => {
    if (typeof raw !== "string" || raw === "") return emptyOrMalformed(raw);
    const moment = parseMoment(raw, zone);
    if (moment === null) return MALFORMED;
    return moment.ms === null ? moment : plainDate(moment.day);
  };

const createDatetime =
  ({ zone }: DecodeOptions): Decoder =>
  (raw) =>
    typeof raw === "string" && raw !== "" ? (parseMoment(raw, zone) ?? MALFORMED) : emptyOrMalformed(raw);

const createList = (options: DecodeOptions): Decoder => {
  const text = createText(options);
  return (raw) => {
    const list = readList(raw);
    if (list === null) return emptyOrMalformed(raw);
    if (list.length === 0) return EMPTY;
    // Elements that are no scalar have nothing that a criterion's value could equal.
    return list.map(text).filter((element) => typeof element === "string");
  };
};

const createObject = (): Decoder => emptyOrMalformed;

const DECODERS: Readonly<Record<FieldType, (options: DecodeOptions) => Decoder>> = {
  text: createText,
  textarea: createText,
  email: createText,
  phone: createText,
  url: createText,
  picklist: createText,
  integer: createNumber,
  decimal: createNumber,
  currency: createNumber,
  percent: createPercent,
  boolean: createBoolean,
  date: createDate,
  datetime: createDatetime,
  multiselect: createList,
  list: createList,
  lookup: createId,
  attachment: createObject,
  object: createObject,
};

function createUntyped(options: DecodeOptions): Decoder {
  const text = createText(options);
  const number = createNumber();
  const list = createList(options);
  return (raw) => {
    if (typeof raw === "string") return text(raw);
    if (typeof raw === "number") return number(raw);
    if (typeof raw === "boolean") return raw;
    return Array.isArray(raw) ? list(raw) : emptyOrMalformed(raw);
  };
}

/** Empty, or something: a value of a type that reads no more than that about it. */
export function emptyOrMalformed(raw: Json | undefined): typeof EMPTY | typeof MALFORMED {
  if (raw === undefined || raw === null || raw === "") return EMPTY;
  return typeof raw === "object" && isHollow(raw) ? EMPTY : MALFORMED;
}

function isHollow(value: object): boolean {
  for (const key in value) if (Object.hasOwn(value, key)) return false;
  return true;
}

/** Composed form. Below U+0300 nothing combines, so most text is already in it. */
function normalize(text: string): string {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) >= 0x300) return text.normalize("NFC");
  return text;
}

function foldCase(text: string): string {
  return normalize(text).toLowerCase();
}
