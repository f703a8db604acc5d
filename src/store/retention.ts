/** What one step of a walk over old events deleted, and where the next one goes on; `next` null: the walk is over. */
export type Expired = { readonly events: number; readonly runs: number; readonly next: string | null };

/**
 * Old history. Only what is over is deleted: an event with every run that it led to, once all of them are terminal. First-time memory,
 * records with their tombstones and the versions of definitions stay.
 */
export type RetentionStore = {
  /**
   * Looks at up to `limit` events that were stored before an instant (ms), oldest first, and deletes those whose runs are all terminal,
   * with their runs. The end of the walk also forgets the quota of days before that instant. Repeatable, and safe from several processes.
   * @param after the `next` of the step before; null: begin with the oldest.
   */
  expire(before: number, after: string | null, limit: number): Promise<Expired>;
};
