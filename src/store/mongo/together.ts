/**
 * Waits for all of these to end, however they end, then answers them or throws what the first that failed threw. Whoever goes on after a
 * failure finds nothing of it still under way.
 */
export async function together<T extends readonly unknown[] | []>(work: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
