import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadOrMakeKey } from "../../src/outbound/key-file.ts";
import { createSecretBox } from "../../src/outbound/secrets.ts";

const KEY = "correct horse battery staple, twice over";

describe("a secret box", () => {
  const box = createSecretBox(KEY);
  const again = createSecretBox(KEY);

  it("opens what any box of the same key sealed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(again.open(box.seal(text))).toBe(text);
      }),
    );
  });

  it("seals the same text differently each time and shows none of it", () => {
    const sealed = Array.from({ length: 100 }, () => box.seal("zohobooks1234"));
    expect(new Set(sealed).size).toBe(100);
    expect(sealed[0]).toMatch(/^v1\.[\w-]+$/);
    expect(sealed.some((one) => one.includes("zohobooks") || Buffer.from(one.slice(3), "base64url").includes("zoho"))).toBe(false);
  });

  it("opens nothing of which a bit was changed", () => {
    const bytes = Buffer.from(box.seal("zohobooks1234").slice(3), "base64url");
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const altered = Buffer.from(bytes);
        altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => box.open(`v1.${altered.toString("base64url")}`)).toThrow(
          expect.objectContaining({ name: "RulewrightError", code: "internal_error" }),
        );
      }),
    );
  });

  it("opens nothing of another key and says so without either", () => {
    const sealed = box.seal("zohobooks1234");
    expect(() => createSecretBox(`${KEY}!`).open(sealed)).toThrow(/another RULEWRIGHT_SECRET_KEY/);
  });

  it.each(["", "v1.", "v1.AAAA", "v2.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "zohobooks1234"])(
    "does not take %j for sealed",
    (text) => {
      expect(() => box.open(text)).toThrow(/not in a form/);
    },
  );

  it("wants a key of 32 characters", () => {
    expect(() => createSecretBox("x".repeat(31))).toThrow(expect.objectContaining({ code: "validation_failed" }));
    expect(createSecretBox("x".repeat(32)).seal("a")).toMatch(/^v1\./);
  });
});

describe("a key file", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rulewright-key-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is made once, for its owner only, and read from then on", async () => {
    const file = join(folder, "data", "secret.key");
    const key = await loadOrMakeKey(file);
    expect(key.length).toBeGreaterThanOrEqual(32);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await loadOrMakeKey(file)).toBe(key);
    expect(await readdir(join(folder, "data"))).toEqual(["secret.key"]);
  });

  it("is the same for all who start at once", async () => {
    const file = join(folder, "secret.key");
    const keys = await Promise.all(Array.from({ length: 50 }, () => loadOrMakeKey(file)));
    expect(new Set(keys).size).toBe(1);
    expect(await readdir(folder)).toEqual(["secret.key"]);
    expect((await readFile(file, "utf8")).trim()).toBe(keys[0]);
  });

  it("that holds no key is an error, not a reason to make another", async () => {
    const file = join(folder, "secret.key");
    await writeFile(file, "short\n");
    await expect(loadOrMakeKey(file)).rejects.toMatchObject({ code: "validation_failed" });
    expect(await readFile(file, "utf8")).toBe("short\n");
  });
});
