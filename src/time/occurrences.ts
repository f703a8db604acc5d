/** How often a date comes back. */
export type Cycle = "once" | "monthly" | "yearly";
