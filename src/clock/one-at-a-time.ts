import type { Recurring, Trouble } from "./clock.ts";

/** Begins the work, unless it is still under way in this process, and tells how it ends. Never throws, and answers at once. */
export function oneAtATime({ name, work }: Recurring, trouble: Trouble): () => void {
  let isUnderWay = false;

  async function begin(): Promise<void> {
    if (isUnderWay) return;
    isUnderWay = true;
    try {
      await work();
      trouble.over(name);
    } catch (error) {
      trouble.failed(name, error);
    } finally {
      isUnderWay = false;
    }
  }

  return () => void begin();
}
