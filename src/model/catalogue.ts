import { CONTACTS_AND_ITEMS } from "./catalogue/contacts-and-items.ts";
import { PURCHASES } from "./catalogue/purchases.ts";
import { SALES } from "./catalogue/sales.ts";
import { WORK_AND_BOOKS } from "./catalogue/work-and-books.ts";
import type { Module } from "./module.ts";

/**
 * The built-in modules (contract, section 1). The seed's field tables and sample maps stand here in full; the other modules have
 * their id, number, date, status, party and amounts. A record may hold more: such fields are kept and may be used with a declared type.
 */
export const CATALOGUE: readonly Module[] = [...SALES, ...PURCHASES, ...CONTACTS_AND_ITEMS, ...WORK_AND_BOOKS];
