import { z } from "zod";
import { CustomFunction } from "../model/actions/custom-function.ts";
import { EmailTemplate } from "../model/actions/email-template.ts";
import { KINDS, type Kind } from "../model/definition.ts";

/** A file that a document names. */
export const FilePath = z.string().min(1).describe("A file's path, relative to the file that names it.");
/** Stands where a text may also be kept in a file of its own. */
export const FileReference = z.strictObject({ file: FilePath });

const { html, text } = EmailTemplate.shape;
const { name, module, description, language, code, ...rest } = CustomFunction.shape;

/** Kinds whose documents a rule file may write with other keys than REST does. */
const SHAPES: Partial<Record<Kind, z.core.$ZodShape>> = {
  EmailTemplate: {
    ...EmailTemplate.shape,
    html: z.union([html, FileReference]).describe(`${html.description} Inline, or in a file of at most 64 KB.`),
    text: z.union([text.unwrap(), FileReference]).optional().describe(`${text.description} Inline, or in a file of at most 64 KB.`),
  },
  CustomFunction: {
    name,
    module,
    description,
    language,
    code,
    file: FilePath.optional().describe("Instead of code: the path of the file that holds it, of at most 256 KB, relative to this file."),
    ...rest,
  },
};

/** A kind's document as a rule file writes it, `kind` included; more than one where a key tells several forms apart (Connection: `type`). */
export function fileForms(kind: Kind): readonly z.ZodObject[] {
  const schema = KINDS[kind];
  const shapes: readonly z.core.$ZodShape[] =
    "options" in schema ? schema.options.map(({ shape }) => shape) : [SHAPES[kind] ?? schema.shape];
  return shapes.map((shape) => z.strictObject({ kind: z.literal(kind).describe(KINDS[kind].description ?? kind), ...shape }));
}
