import type { Clock, Trouble, WakeUps } from "../clock.ts";
import type { JobStore } from "./job-store.ts";
import type { AgendaWork, OpenAgenda } from "./open-agenda.ts";

export type AgendaWakeUpsDeps = {
  /** The store's, by which an instant is one thing to every process. */
  readonly clock: Clock;
  /** Asked for once the process has begun its work, and again where it rejects. */
  openJobs(): Promise<JobStore>;
};

const SECOND_MS = 1000;
/**
 * Loading Agenda holds a process up for a tenth of a second: not before it has begun its work, and a command that is over sooner needs
 * none. Then as often until it is open.
 */
const OPEN_MS = 1000;
/** What was deleted from the store is there again after this long. */
const RESTORE_MS = 60_000;
/**
 * What is further ahead gets no job yet: whoever sweeps asks again for what is due next. So there are 3,600 of them at most, whatever is
 * pending; Agenda locks all that are due before it runs the first.
 */
const AHEAD_MS = 3_600_000;
/** A store that hangs holds up nobody who stops. */
const CLOSE_MS = 1000;

/** Nobody is told before it starts, and once it has stopped: the store may be closed then. */
const UNTOLD: Trouble = { failed: () => undefined, over: () => undefined };

/**
 * Wake-ups by Agenda: one job in the store for each second in which something is due, and one for each kind of recurring work. Whichever
 * process gets a job first is woken.
 */
export function createAgendaWakeUps({ clock, openJobs }: AgendaWakeUpsDeps): WakeUps {
  /** Instants whose jobs are there, or will be once there is an Agenda. */
  const asked = new Set<number>();
  const stops: (() => void)[] = [];
  const underWay = new Set<Promise<boolean>>();
  let wake = (): void => undefined;
  let trouble = UNTOLD;
  let agenda: OpenAgenda | null = null;
  let isOpening = false;
  let isStopped = false;

  async function open(work: AgendaWork): Promise<void> {
    if (agenda || isOpening) return;
    isOpening = true;
    await attempt("opening Agenda", async () => {
      const { openAgenda } = await import("./open-agenda.ts");
      agenda = await openAgenda(await openJobs(), work);
      for (const at of asked) plan(at);
    });
    isOpening = false;
  }

  /** Who asks before there is an Agenda is remembered; who asked in vain may ask again. */
  function plan(at: number): void {
    const open = agenda;
    if (!open) return;
    void attempt("planning wake-ups", () => open.plan(at)).then((isPlanned) => isPlanned || asked.delete(at));
  }

  async function restore(): Promise<void> {
    // Whoever asks again finds out whether it is still there.
    asked.clear();
    await attempt("restoring Agenda's jobs", async () => agenda?.restore());
  }

  /** Never rejects. False where it failed. */
  async function attempt(what: string, work: () => Promise<void>): Promise<boolean> {
    const attempted = work().then(
      () => {
        trouble.over(what);
        return true;
      },
      (error: unknown) => {
        trouble.failed(what, error);
        return false;
      },
    );
    underWay.add(attempted);
    return attempted.finally(() => underWay.delete(attempted));
  }

  async function close(): Promise<void> {
    // An Agenda that is being opened is there then.
    await Promise.all(underWay);
    await agenda?.close();
  }

  return {
    start(onWake, recurring, told) {
      wake = onWake;
      trouble = told;
      const work: AgendaWork = {
        clock,
        recurring,
        onWake: () => wake(),
        trouble: { failed: (what, error) => trouble.failed(what, error), over: (what) => trouble.over(what) },
      };
      stops.push(
        clock.every(OPEN_MS, () => void open(work)),
        clock.every(RESTORE_MS, () => void restore()),
      );
    },
    at(instant) {
      if (isStopped) return;
      const at = Math.ceil(instant / SECOND_MS) * SECOND_MS;
      const ahead = at - clock.now();
      if (ahead <= 0) wake();
      else if (ahead <= AHEAD_MS && !asked.has(at)) {
        asked.add(at);
        plan(at);
      }
    },
    async stop() {
      isStopped = true;
      wake = () => undefined;
      trouble = UNTOLD;
      asked.clear();
      for (const stop of stops.splice(0)) stop();
      await atMost(CLOSE_MS, close());
    },
  };
}

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
