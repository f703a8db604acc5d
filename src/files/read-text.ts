import { readFile, stat } from "node:fs/promises";
import { START, type Problem } from "./mistake.ts";

/** The text of a regular UTF-8 file of at most `limit` bytes, without its byte order mark; else what is wrong with it. */
export async function readText(path: string, limit: number): Promise<string | Problem> {
  try {
    const stats = await stat(path);
    // A pipe or a device would block or never end.
    if (!stats.isFile()) return problem("expected a regular file");
    if (stats.size > limit) return problem(`expected a file of at most ${limit} bytes, got ${stats.size}`);
    return decode(await readFile(path));
  } catch (error) {
    return problem(isMissing(error) ? "no such file" : `cannot be read: ${String(error)}`);
  }
}

function decode(bytes: Uint8Array): string | Problem {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const before = new TextDecoder().decode(bytes).split("\uFFFD")[0]?.split("\n") ?? [];
    const column = (before.at(-1)?.length ?? 0) + 1;
    return {
      line: before.length,
      column,
      message: "expected UTF-8, got a byte that is not part of it",
      hint: "save the file as UTF-8",
    };
  }
}

function problem(message: string): Problem {
  return { ...START, message, hint: null };
}

/** True where an operation failed because the file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
