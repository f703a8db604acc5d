import { occurrencesByOracle, ticksByOracle } from "../../time/oracle.ts";
import { DATE_RULES } from "./defined.ts";
import { rhythmOf } from "./reckoning.ts";
import { activeOf, bodyOf, sinceKey, type State } from "./state.ts";

const FAR_MS = 40 * 86_400_000;

/** The instants (ms) at which something is to come, in their order. */
export function coming(state: State, now: number): readonly number[] {
  const { ticks, zone } = state.defined;
  const far = now + FAR_MS;
  const dates = DATE_RULES.filter((rule) => activeOf(state, rule).active).flatMap((rule) => {
    const { field, ...body } = bodyOf(state, rule);
    return [...state.records.values()].flatMap(({ since }) => {
      const known = since.get(sinceKey(field, body.cycle));
      return known ? occurrencesByOracle(known.anchor, rhythmOf(body), zone, now, far).map(({ at }) => at) : [];
    });
  });
  const waiting = [...state.waiting.values()].flatMap(({ due }) => (due !== null && due > now ? [due] : []));
  const ticking = state.ticks.active ? ticksByOracle(ticks, zone, now, far) : [];
  return [...new Set([...dates, ...waiting, ...ticking])].toSorted((a, b) => a - b);
}
