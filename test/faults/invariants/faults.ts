/** More of one kind say nothing more. */
const MOST = 5;

/** Faults of one kind, in words; after the first few only how many. */
export function faultsOf(faults: readonly string[]): readonly string[] {
  return faults.length <= MOST ? faults : [...faults.slice(0, MOST), `... and ${faults.length - MOST} more like the last`];
}

export function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

/** What is in one set of names and not in the other, as often as it is. */
export function differences(
  expected: readonly string[],
  actual: readonly string[],
): { readonly missing: string[]; readonly extra: string[] } {
  const left = groupBy(actual, (name) => name);
  const right = groupBy(expected, (name) => name);
  const beyond = (from: ReadonlyMap<string, readonly string[]>, other: ReadonlyMap<string, readonly string[]>): string[] =>
    [...from].flatMap(([name, times]) => times.slice(other.get(name)?.length ?? 0));
  return { missing: beyond(right, left), extra: beyond(left, right) };
}
