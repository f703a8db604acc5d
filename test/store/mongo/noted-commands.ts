import { AsyncLocalStorage } from "node:async_hooks";
import { MongoClient } from "mongodb";
import { openMongoStore } from "../../../src/store/mongo/mongo-store.ts";
import type { Store } from "../../../src/store/store.ts";

/** A command as the driver sends it: its name is the first key. */
export type Command = Readonly<Record<string, unknown>>;

/** A command, and which of the adapter's calls it was for. */
export type Sent = { readonly call: string; readonly name: string; readonly command: Command };

export type NotedStore = {
  readonly store: Store;
  /** What was sent since it was last emptied. */
  readonly sent: Sent[];
  /** How often each call is said, for what only shows when an answer was lost; once where it is not named. */
  readonly said: Map<string, number>;
  /** Calls that are made and whose answer never comes back. */
  readonly lost: Set<string>;
};

/** Opens a store and notes every command that it sends, the opening's included. */
export async function openNotedStore(url: string): Promise<NotedStore> {
  const current = new AsyncLocalStorage<string>();
  const sent: Sent[] = [];
  const said = new Map<string, number>();
  const lost = new Set<string>();
  const { connect } = MongoClient.prototype;
  // The adapter makes its client itself, as it should.
  MongoClient.prototype.connect = function noting(this: MongoClient) {
    this.on("commandStarted", ({ commandName, command }) => {
      sent.push({ call: current.getStore() ?? "", name: commandName, command });
    });
    return connect.call(this);
  };
  try {
    const store = await openMongoStore(`${url}${url.includes("?") ? "&" : "?"}monitorCommands=true`, {
      intercept: (name, work) =>
        current.run(name, async () => {
          for (let again = said.get(name) ?? 1; again > 1; again--) await work();
          const answer = await work();
          if (lost.has(name)) throw new Error(`the answer to "${name}" is lost`);
          return answer;
        }),
    });
    return { store, sent, said, lost };
  } finally {
    MongoClient.prototype.connect = connect;
  }
}
