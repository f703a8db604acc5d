type Group = { readonly stops: ((() => void) | null)[]; readonly free: number[] };

const NOTHING = (): void => undefined;

/**
 * Listens once to each AbortSignal however many calls share it: Node warns of a leak at the eleventh listener on one signal.
 * Slots that are used again, because a Set that calls enter and leave all the time costs 15 us a call, most of it garbage collection.
 */
export function createAbortGroups() {
  const groups = new WeakMap<AbortSignal, Group>();

  function groupOf(signal: AbortSignal): Group {
    const known = groups.get(signal);
    if (known) return known;
    const group: Group = { stops: [], free: [] };
    groups.set(signal, group);
    signal.addEventListener("abort", () => group.stops.forEach((stop) => stop?.()), { once: true });
    return group;
  }

  return {
    /** Calls `stop` when the signal, which has not aborted yet, does. Answers how to leave, to be called once. */
    join(signal: AbortSignal | undefined, stop: () => void): () => void {
      if (!signal) return NOTHING;
      const { stops, free } = groupOf(signal);
      const slot = free.pop() ?? stops.length;
      stops[slot] = stop;
      return () => {
        stops[slot] = null;
        free.push(slot);
      };
    },
  };
}
