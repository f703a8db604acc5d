import { writesRecord } from "../../../model/event.ts";
import type { Intake, NewEvent } from "../../events.ts";
import { createBatches, type Answer } from "../batches.ts";
import { keyById } from "../ids.ts";
import { createTurns, type Turns } from "../turns.ts";
import type { TakeCarefully } from "./careful-intake.ts";
import type { FollowUps } from "./follow-up.ts";
import { recordKey, type Arriving, type FindInputs } from "./inputs.ts";
import type { TakePlain } from "./plain-intake.ts";
import type { AwaitOthers } from "./others.ts";
import type { UnderWay } from "./under-way.ts";
import type { Weighed } from "./weighed.ts";

export type IntakeParts = {
  readonly findInputs: FindInputs;
  readonly takePlain: TakePlain;
  readonly takeCarefully: TakeCarefully;
  readonly followUps: FollowUps;
  readonly awaitOthers: AwaitOthers;
  readonly turns: Turns;
  readonly underWay: UnderWay;
};

/**
 * How events come in, in two steps that go on side by side: many at once are stored and decided, which makes them durable, and then what
 * follows from them is written, while the next are being stored. Each step finds what an earlier try of it did.
 */
export type Intakes = {
  take(arriving: Arriving): Promise<Intake>;
  /** Resolves once none is on its way in. */
  settled(): Promise<void>;
};

export function createIntakes({ findInputs, takePlain, takeCarefully, followUps, awaitOthers, turns, underWay }: IntakeParts): Intakes {
  const arrivals = createTurns();
  const batches = createBatches(takeAll, { gathers: true });

  async function takeAll(batch: readonly Arriving[]): Promise<readonly Answer<Intake>[]> {
    // The leases of runs that start at once count from their decision, so that they are written soon.
    await followUps.room();
    const answers = new Map<Arriving, Answer<Intake>>();
    const plain: Weighed[] = [];
    const careful: Weighed[] = [];
    for (const found of await findInputs(batch))
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
        answers.set(weighed.arriving, await takeCarefully(weighed).catch((error: unknown) => ({ error })));
      }),
    ]);
    return batch.map(
      (arriving) => answers.get(arriving) ?? taken.get(arriving) ?? { error: new Error("an event of a batch was not answered") },
    );
  }

  /**
   * Events of one record enter in the order in which they came, and each is compared with what the one before it left. What others leave is
   * waited for before the record's turn is taken: whoever finishes it here needs that.
   */
  async function enter(arriving: Arriving): Promise<{ readonly taking: Promise<Intake> }> {
    const record = recordKey(arriving);
    return arrivals([record], async () => {
      if (isCompared(arriving.event)) await awaitOthers(arriving.event);
      return { taking: turns([record], () => batches.add(arriving)) };
    });
  }

  async function take(arriving: Arriving): Promise<Intake> {
    const { taking } = await enter(arriving);
    return taking;
  }

  return {
    take: (arriving) => underWay.during(keyById(arriving.event), take(arriving)),
    async settled() {
      await underWay.settled();
      await followUps.settled();
    },
  };
}

/** What creates a record whatever was there before is compared with nothing; what rules and dates bring follows from what is written. */
function isCompared(event: NewEvent): boolean {
  return writesRecord(event) && (event.type !== "created" || event.expectRevision !== null);
}
