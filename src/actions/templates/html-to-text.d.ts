/** The package has no types of its own; this is the part that we use. */
declare module "html-to-text" {
  export type ConvertOptions = {
    readonly wordwrap?: number | false;
    readonly selectors?: readonly { readonly selector: string; readonly format?: string; readonly options?: object }[];
    readonly limits?: { readonly maxDepth?: number; readonly maxInputLength?: number };
  };
  export function convert(html: string, options?: ConvertOptions): string;
}
