import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { RulewrightError } from "../model/errors.ts";
import { MIN_KEY_LENGTH } from "./secrets.ts";

/**
 * The key in `file`; where there is none, makes one that only its owner may read. Two processes that start at once end with the same key.
 * @throws RulewrightError validation_failed where the file holds no key.
 */
export async function loadOrMakeKey(file: string): Promise<string> {
  const found = await read(file);
  if (found !== null) return found;
  await make(file);
  const made = await read(file);
  if (made === null) throw new RulewrightError("internal_error", `the key file ${file} was removed while it was made`);
  return made;
}

async function read(file: string): Promise<string | null> {
  const text = await readFile(file, "utf8").catch(unless("ENOENT"));
  if (text === undefined) return null;
  const key = text.trim();
  if (key.length < MIN_KEY_LENGTH)
    throw new RulewrightError(
      "validation_failed",
      `the key file ${file} holds ${key.length} characters; expected ${MIN_KEY_LENGTH} or more`,
    );
  return key;
}

/** Written and synced under another name, then linked: a link is refused where the name exists, so the first wins and nobody reads half a key. */
async function make(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString("base64url")}\n`);
    await handle.sync();
    await link(draft, file).catch(unless("EEXIST"));
  } finally {
    await handle.close();
    await rm(draft);
  }
}

function unless(code: string): (cause: unknown) => undefined {
  return (cause) => {
    if (!(cause instanceof Error && "code" in cause && cause.code === code)) throw cause;
  };
}
