import { hash, randomFillSync } from "node:crypto";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 10 characters of Crockford base32 for an instant (ms), as in a ULID: ids that begin with it sort by time and let indexes grow at one end. */
function timePart(ms: number): string {
  let text = "";
  for (let rest = ms, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) text = CROCKFORD[rest % 32] + text;
  return text;
}

/** 16 characters: the first 80 bits. */
function bitsPart(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (let i = 0; i < 10; i++) {
    held = (held << 8) | (bytes[i] ?? 0);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += CROCKFORD[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return text;
}

/** Random bytes for some hundred ids at once: asking the system for ten each time costs ten times as much. */
const POOL = Buffer.alloc(4000);
let used = POOL.length;

function random80(): Uint8Array {
  if (used === POOL.length) {
    randomFillSync(POOL);
    used = 0;
  }
  used += 10;
  return POOL.subarray(used - 10, used);
}

/** A new ordered id: `evt_`, then time and 80 random bits. */
export function newId(prefix: string, now: number): string {
  return `${prefix}_${timePart(now)}${bitsPart(random80())}`;
}

/** An id that the same parts always give, ordered by `at` (ms): what makes every step repeatable after a crash (DESIGN, section 2). */
export function derivedId(prefix: string, at: number, parts: readonly (string | number)[]): string {
  return `${prefix}_${timePart(at)}${bitsPart(hash("sha256", JSON.stringify(parts), "buffer"))}`;
}
