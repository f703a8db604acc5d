import { z } from "zod";
import { ModuleName, Name } from "./common.ts";

/** Subject, HTML and text of a mail; `{{ }}` is Handlebars. Files are read in when the document is. */
export const EmailTemplate = z.strictObject({
  name: Name,
  module: ModuleName,
  subject: z.string().min(1).max(1000),
  html: z.string().min(1).max(65_536),
  /** Made from the HTML when left out. */
  text: z.string().max(65_536).optional(),
});
export type EmailTemplate = z.infer<typeof EmailTemplate>;
