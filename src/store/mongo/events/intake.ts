import type { Intake } from "../../events.ts";
import type { Answer } from "../batches.ts";
import { keyById } from "../ids.ts";
import type { Turns } from "../turns.ts";
import type { TakeCarefully } from "./careful-intake.ts";
import { recordKey, type Arriving, type FindInputs } from "./inputs.ts";
import type { FinishLeft } from "./left-events.ts";
import type { TakePlain } from "./plain-intake.ts";
import type { Weighed } from "./weighed.ts";

export type IntakeParts = {
  readonly findInputs: FindInputs;
  readonly takePlain: TakePlain;
  readonly takeCarefully: TakeCarefully;
  readonly finish: FinishLeft;
  readonly turns: Turns;
};

/** How events come in, many at once, and how those are finished that a crash left half way. Each step finds what an earlier try of it did. */
export type Intakes = {
  /** Is this event on its way in here, by its key? */
  isUnderWay(key: string): boolean;
  take(batch: readonly Arriving[]): Promise<readonly Answer<Intake>[]>;
  readonly finish: FinishLeft;
};

export function createIntakes({ findInputs, takePlain, takeCarefully, finish, turns }: IntakeParts): Intakes {
  const underWay = new Set<string>();

  async function take(batch: readonly Arriving[]): Promise<readonly Answer<Intake>[]> {
    const answers = new Map<Arriving, Answer<Intake>>();
    // Of two events of one record the second is compared with what the first left.
    for (const round of rounds(batch))
      await turns(round.map(recordKey), async () => {
        for (const { event } of round) underWay.add(keyById(event));
        try {
          for (const [arriving, answer] of await takeRound(round)) answers.set(arriving, answer);
        } catch (error) {
          // Those of the rounds before are taken in, and their runs start.
          for (const arriving of round) answers.set(arriving, { error });
        } finally {
          for (const { event } of round) underWay.delete(keyById(event));
        }
      });
    return batch.map((arriving) => answers.get(arriving) ?? { error: new Error("an event of a batch was not answered") });
  }

  async function takeRound(round: readonly Arriving[]): Promise<ReadonlyMap<Arriving, Answer<Intake>>> {
    const answers = new Map<Arriving, Answer<Intake>>();
    const plain: Weighed[] = [];
    const careful: Weighed[] = [];
    for (const found of await findInputs(round))
      try {
        const decided = found.arriving.decide(found.inputs);
        const isCareful = decided.firstTime.length > 0 || found.arriving.event.expectRevision !== null;
        (isCareful ? careful : plain).push({ ...found, decided });
      } catch (error) {
        // One that cannot be decided must not fail its neighbours.
        answers.set(found.arriving, { error });
      }
    const [taken] = await Promise.all([
      takePlain(plain),
      ...careful.map(async (weighed) => {
        answers.set(weighed.arriving, await toAnswer(takeCarefully(weighed)));
      }),
    ]);
    return new Map([...answers, ...taken]);
  }

  return { isUnderWay: (key) => underWay.has(key), take, finish };
}

/** In each round, a record's earliest event that is left. */
function rounds(batch: readonly Arriving[]): readonly (readonly Arriving[])[] {
  const result: Arriving[][] = [];
  const depth = new Map<string, number>();
  for (const arriving of batch) {
    const key = recordKey(arriving);
    const round = depth.get(key) ?? 0;
    depth.set(key, round + 1);
    (result[round] ??= []).push(arriving);
  }
  return result;
}

async function toAnswer(intake: Promise<Intake>): Promise<Answer<Intake>> {
  try {
    return { value: await intake };
  } catch (error) {
    return { error };
  }
}
