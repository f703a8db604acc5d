import { messageOf, type Processes } from "./processes.ts";

/** Where the webhooks go; a process of its own. */
export type Receiver = {
  readonly url: string;
  reset(): Promise<void>;
  /** How many came since the reset. */
  count(): Promise<number>;
  /** ms from an event's making to the webhook's arrival, of each that came since the reset. */
  latencies(): Promise<readonly number[]>;
};

export async function startReceiver(processes: Processes): Promise<Receiver> {
  const { child, url } = await processes.script("receiver", []);
  async function ask(what: string): Promise<{ count: number; latencies: number[] }> {
    child.send(what);
    const [answer] = (await messageOf(child)) as [{ count: number; latencies: number[] }];
    return answer;
  }
  return {
    url,
    async reset() {
      await ask("reset");
    },
    count: async () => (await ask("count")).count,
    latencies: async () => (await ask("latencies")).latencies,
  };
}
