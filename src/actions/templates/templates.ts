import type { EmailTemplate } from "../../model/actions/email-template.ts";
import type { Issue } from "../../model/errors.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Module } from "../../model/module.ts";
import type { CheckContext } from "../action.ts";
import { checkReads } from "./check-reads.ts";
import { inCurrencyOf, type TemplateData, variablesOf } from "./data.ts";
import { type Parsed, parseTemplate } from "./parse.ts";
import { plainText } from "./plain-text.ts";
import { TemplateError } from "./problem.ts";
import { renderProgram, type RenderSettings } from "./render.ts";

export type { TemplateData } from "./data.ts";
export { TemplateError } from "./problem.ts";

export type RenderedMail = { readonly subject: string; readonly html: string; readonly text: string };

export type Templates = {
  /** What is wrong with a mail template; paths are relative to it, messages begin with the line and column. */
  check(template: EmailTemplate, context?: CheckContext): readonly Issue[];
  /** The same for one source, which stands at `path`. With a module, also fields that are nearly those that it declares. */
  checkSource(source: string, path: string, module?: Module): readonly Issue[];
  /** `escape`: as HTML. @throws TemplateError for a malformed template or one that makes too much of its data. */
  render(source: string, data: TemplateData, options: { readonly escape: boolean }): string;
  /** Subject, HTML and text; the text is made from the HTML where the template has none. @throws TemplateError as `render` does. */
  renderMail(template: EmailTemplate, data: TemplateData): Promise<RenderedMail>;
};

/** Sources kept taken apart. */
const MAX_KEPT = 500;

/** Templates in a safe part of Handlebars: its syntax, `if unless each with`, and the helpers of the contract. */
export function createTemplates(): Templates {
  const kept = new Map<string, Parsed>();

  function parsed(source: string): Parsed {
    const known = kept.get(source);
    if (known) return known;
    const fresh = parseTemplate(source);
    const [oldest] = kept.keys();
    if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(source, fresh);
    return fresh;
  }

  function checkSource(source: string, path: string, module?: Module): readonly Issue[] {
    const { problems, reads } = parsed(source);
    const mistakes = problems.map(({ line, column, message, hint }) => ({
      path,
      message: `line ${line}, column ${column}: ${message}`,
      ...(hint === undefined ? {} : { hint }),
    }));
    return module === undefined ? mistakes : [...mistakes, ...checkReads(reads, path, module)];
  }

  function renderWith(source: string, variables: JsonObject, settings: RenderSettings): string {
    const { program, problems } = parsed(source);
    if (problems[0]) throw new TemplateError(`line ${problems[0].line}, column ${problems[0].column}: ${problems[0].message}`);
    return renderProgram(program, variables, settings);
  }

  return {
    check: ({ subject, html, text }, context) => [
      ...checkSource(subject, "subject", context?.module),
      ...checkSource(html, "html", context?.module),
      ...(text === undefined ? [] : checkSource(text, "text", context?.module)),
    ],
    checkSource,
    render: (source, data, { escape }) => renderWith(source, variablesOf(data), { organization: inCurrencyOf(data), escape }),
    async renderMail(template, data) {
      const [variables, organization] = [variablesOf(data), inCurrencyOf(data)];
      const html = renderWith(template.html, variables, { organization, escape: true });
      const subject = renderWith(template.subject, variables, { organization, escape: false });
      const text =
        template.text === undefined ? await plainText(html) : renderWith(template.text, variables, { organization, escape: false });
      return { subject, html, text };
    },
  };
}
