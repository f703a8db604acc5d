/** A page of a list: at most `limit` rows after `cursor`, which is opaque to everyone but the store. */
export type PageRequest = { readonly limit: number; readonly cursor: string | null };
export type Page<T> = { readonly data: readonly T[]; readonly nextCursor: string | null };
