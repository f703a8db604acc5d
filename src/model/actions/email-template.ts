import { z } from "zod";
import { ModuleName, Name } from "./common.ts";

/** Subject, HTML and text of a mail; `{{ }}` is Handlebars. Files are read in when the document is. */
export const EmailTemplate = z
  .strictObject({
    name: Name,
    module: ModuleName,
    subject: z.string().min(1).max(1000).describe("The subject line; {{ }} is Handlebars."),
    html: z.string().min(1).max(65_536).describe("The mail as HTML; {{ }} is Handlebars and escapes what it prints."),
    text: z.string().max(65_536).optional().describe("The mail as plain text; made from the HTML when left out."),
  })
  .describe("Subject, HTML and text of a mail.");
export type EmailTemplate = z.infer<typeof EmailTemplate>;
