import { closeSync, openSync, readSync } from "node:fs";

/**
 * A place in a write-ahead log: which of the logs that the file has held (SQLite gives each a salt), and how many frames of it.
 * What SQLite's file format says of them: https://www.sqlite.org/walformat.html
 */
export type WalPosition = { readonly salt: string; readonly frames: number };

const WAL_HEADER = 32;
const FRAME_HEADER = 24;
const SALT_BYTES = 8;

/** Where the log ends after the last commit, and how much of it a checkpoint has begun to copy; as the shared-memory index says. */
export function readIndex(shm: Buffer): WalPosition & { readonly copied: number } {
  const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  const number = (at: number): number => (littleEndian ? shm.readUInt32LE(at) : shm.readUInt32BE(at));
  return { salt: shm.subarray(32, 32 + SALT_BYTES).toString("hex"), frames: number(16), copied: number(128) };
}

/** Reads the end of the log of an open database again and again, cheaply. */
export function openIndex(database: string): { position(): WalPosition; close(): void } {
  const descriptor = openSync(`${database}-shm`, "r");
  const bytes = Buffer.alloc(136);
  return {
    position() {
      readSync(descriptor, bytes, 0, bytes.length, 0);
      return readIndex(bytes);
    },
    close: () => closeSync(descriptor),
  };
}

/** The salt of the log that the file holds; null where it is too short to hold one. */
export function saltOf(wal: Buffer): string | null {
  return wal.length < WAL_HEADER ? null : wal.subarray(16, 16 + SALT_BYTES).toString("hex");
}

export function pageSizeOf(wal: Buffer): number {
  return wal.readUInt32BE(8);
}

/** The size of a log of so many frames. */
export function bytesOf(frames: number, pageSize: number): number {
  return WAL_HEADER + frames * (FRAME_HEADER + pageSize);
}

/** The pages that a checkpoint of the first frames copies into the database: of each the last that a frame holds. */
export function pagesOf(wal: Buffer, frames: number): ReadonlyMap<number, Buffer> {
  const pageSize = pageSizeOf(wal);
  const pages = new Map<number, Buffer>();
  for (let frame = 0; frame < frames; frame++) {
    const at = bytesOf(frame, pageSize);
    pages.set(wal.readUInt32BE(at), wal.subarray(at + FRAME_HEADER, at + FRAME_HEADER + pageSize));
  }
  return pages;
}

/** How many whole frames a log has that was cut there. */
export function framesWithin(bytes: number, pageSize: number): number {
  return Math.max(0, Math.floor((bytes - WAL_HEADER) / (FRAME_HEADER + pageSize)));
}
