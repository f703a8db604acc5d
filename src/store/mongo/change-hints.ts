import type { ChangeStream, Db } from "mongodb";
import type { DefinitionStore } from "../definitions.ts";
import type { Collections } from "./documents.ts";

export type ChangeHints = Pick<DefinitionStore, "onChange"> & { close(): Promise<void> };

/** A stream that broke is opened again after this long; whoever listens looks each second anyway. */
const AGAIN_MS = 1000;

/** Tells of new generations by a change stream, which a replica set and a sharded cluster have and a standalone has not. */
export async function createChangeHints(db: Db, { generations }: Collections): Promise<ChangeHints> {
  const { setName, msg } = await db.command({ hello: 1 });
  const hasStreams = setName !== undefined || msg === "isdbgrid";
  const listeners = new Set<() => void>();
  let stream: ChangeStream | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  function open(): void {
    if (closed || !hasStreams || stream || listeners.size === 0) return;
    const opened = generations.watch([{ $match: { operationType: "insert" } }, { $project: { _id: 1 } }]);
    stream = opened;
    opened.on("change", tell);
    opened.on("error", () => again(opened));
    opened.on("close", () => again(opened));
  }

  function tell(): void {
    for (const listener of listeners) listener();
  }

  function again(broken: ChangeStream): void {
    if (stream !== broken) return;
    stream = null;
    broken.close().catch(() => undefined);
    timer = setTimeout(open, AGAIN_MS).unref();
  }

  return {
    onChange(listener) {
      listeners.add(listener);
      open();
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      const last = stream;
      stream = null;
      await last?.close();
    },
  };
}
