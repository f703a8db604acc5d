/** One printed figure. */
export type Row = { readonly name: string; readonly value: number; readonly unit: string };
