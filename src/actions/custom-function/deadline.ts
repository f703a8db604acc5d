/** Calls `expire` after so many ms unless cancelled by what it answers. */
export type StartDeadline = (ms: number, expire: () => void) => () => void;

export const systemDeadline: StartDeadline = (ms, expire) => {
  const timer = setTimeout(expire, ms);
  return () => clearTimeout(timer);
};

export type Ended =
  | { readonly how: "returned"; readonly value: unknown }
  | { readonly how: "threw"; readonly error: unknown }
  | { readonly how: "timedOut" | "stopped" };

type Bounds = { readonly ms: number; readonly stop: AbortSignal; readonly start: StartDeadline };

/** Waits for work that nothing can stop, at most so long; the signal it is given aborts when nobody waits for it any more, however it ended. */
export function withDeadline(work: (signal: AbortSignal) => Promise<unknown>, { ms, stop, start }: Bounds): Promise<Ended> {
  const over = new AbortController();
  return new Promise((resolve) => {
    const end = (ended: Ended, why: string): void => {
      cancel();
      stop.removeEventListener("abort", stopped);
      over.abort(new Error(why));
      resolve(ended);
    };
    const stopped = (): void => end({ how: "stopped" }, "this process is stopping");
    const cancel = start(ms, () => end({ how: "timedOut" }, "the function's time is over"));
    stop.addEventListener("abort", stopped, { once: true });
    if (stop.aborted) return stopped();
    work(over.signal).then(
      (value) => end({ how: "returned", value }, "the function has ended"),
      (error: unknown) => end({ how: "threw", error }, "the function has ended"),
    );
  });
}
