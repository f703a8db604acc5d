/** Which page of a list: `cursor` is the `nextCursor` of the page before. */
export type PageOptions = {
  /** 1 to 200; 50 where left out. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
};

export type { Page } from "../store/page.ts";
