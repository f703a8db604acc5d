import { once, EventEmitter } from "node:events";
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { watchFolder } from "../../src/files/watch.ts";
import { folder } from "./folder.ts";

/** Watches, and lets a test await the next reading; `hold` keeps readings from ending. */
async function watching(path: string, { included = [], read = () => "" }: { included?: readonly string[]; read?: () => string } = {}) {
  const events = new EventEmitter();
  const readings: string[] = [];
  const failures: unknown[] = [];
  let gate: Promise<unknown> = Promise.resolve();
  const watch = await watchFolder({
    folder: path,
    included: [...included],
    async changed() {
      readings.push(read());
      events.emit("begun");
      await gate;
      events.emit("ended");
      return [...included];
    },
    failed: (error) => void failures.push(error),
  });
  onTestFinished(() => watch.close());
  if (readings.length === 0) await once(events, "ended");
  readings.length = 0;
  return {
    watch,
    readings,
    failures,
    begun: () => once(events, "begun"),
    hold() {
      let release = (): void => undefined;
      gate = new Promise<void>((resolve) => (release = resolve));
      return release;
    },
  };
}

describe("watchFolder reads anew after", () => {
  it.each<[what: string, change: (path: string) => void]>([
    ["a file was written", (path) => writeFileSync(join(path, "rules/a.yaml"), "2")],
    [
      "a file was added in a folder of its own",
      (path) => (mkdirSync(join(path, "rules/x")), writeFileSync(join(path, "rules/x/b.yaml"), "2")),
    ],
    ["a file was removed", (path) => rmSync(join(path, "rules/a.yaml"))],
    [
      "an editor wrote a new file and renamed it over the old one",
      (path) => {
        writeFileSync(join(path, "rules/.a.yaml.swp"), "2");
        renameSync(join(path, "rules/.a.yaml.swp"), join(path, "rules/a.yaml"));
      },
    ],
    ["an included file was written", (path) => writeFileSync(join(path, "templates/t.hbs"), "2")],
    [
      "an included file was put in the place of the old one",
      (path) => {
        writeFileSync(join(path, "t.new"), "2");
        renameSync(join(path, "t.new"), join(path, "templates/t.hbs"));
      },
    ],
    ["an included file came to be", (path) => writeFileSync(join(path, "templates/missing.hbs"), "1")],
    ["the folder was removed", (path) => rmSync(join(path, "rules"), { recursive: true })],
    ["the folder was renamed", (path) => renameSync(join(path, "rules"), join(path, "old"))],
  ])("%s", async (_what, change) => {
    const path = folder({ "rules/a.yaml": "1", "templates/t.hbs": "1" });
    const { begun, failures } = await watching(join(path, "rules"), {
      included: [join(path, "templates/t.hbs"), join(path, "templates/missing.hbs")],
    });
    const read = begun();
    change(path);
    await read;
    expect(failures).toEqual([]);
  });

  it("a folder that was removed is there again, as often as it happens", async () => {
    const path = folder({ "rules/a.yaml": "1" });
    const { begun, failures } = await watching(join(path, "rules"));
    for (let round = 0; round < 2; round++) {
      const gone = begun();
      rmSync(join(path, "rules"), { recursive: true });
      await gone;
      const back = begun();
      mkdirSync(join(path, "rules"));
      writeFileSync(join(path, "rules/a.yaml"), "2");
      await back;
    }
    expect(failures).toEqual([]);
  });

  it("the link that the folder is leads elsewhere, and then what it leads to changed", async () => {
    const path = folder({ "one/a.yaml": "1", "two/a.yaml": "2" });
    symlinkSync("one", join(path, "rules"));
    const read = () => readFileSync(join(path, "rules/a.yaml"), "utf8");
    const { begun, readings } = await watching(join(path, "rules"), { read });
    const swapped = begun();
    symlinkSync("two", join(path, "rules.new"));
    renameSync(join(path, "rules.new"), join(path, "rules"));
    await swapped;
    const written = begun();
    writeFileSync(join(path, "two/a.yaml"), "3");
    await written;
    expect([readings[0], readings.at(-1)]).toEqual(["2", "3"]);
  });

  it("a ConfigMap was updated as Kubernetes does it, again and again", async () => {
    const path = folder({ "rules/..1/a.yaml": "1" });
    const rules = join(path, "rules");
    symlinkSync("..1", join(rules, "..data"));
    symlinkSync("..data/a.yaml", join(rules, "a.yaml"));
    const { begun, readings } = await watching(rules, { read: () => readFileSync(join(rules, "a.yaml"), "utf8") });
    for (const [old, next] of [
      ["1", "2"],
      ["2", "3"],
    ] as const) {
      const updated = begun();
      mkdirSync(join(rules, `..${next}`));
      writeFileSync(join(rules, `..${next}/a.yaml`), next);
      symlinkSync(`..${next}`, join(rules, "..data_tmp"));
      renameSync(join(rules, "..data_tmp"), join(rules, "..data"));
      rmSync(join(rules, `..${old}`), { recursive: true });
      await updated;
      expect(readings.at(-1)).toBe(next);
    }
  });
});

describe("watchFolder", () => {
  it("watches what the last reading names", async () => {
    const path = folder({ "rules/a.yaml": "1", "templates/t.hbs": "1" });
    const included: string[] = [];
    const { begun, readings } = await watching(join(path, "rules"), { included });
    const read = begun();
    included.push(join(path, "templates/t.hbs"));
    writeFileSync(join(path, "rules/a.yaml"), "2");
    await read;
    // It reads again because the list is another one now.
    await begun();
    const changed = begun();
    writeFileSync(join(path, "templates/t.hbs"), "2");
    await changed;
    expect(readings.length).toBeGreaterThanOrEqual(3);
  });

  it("reads once for changes that come together", async () => {
    const path = folder({ "rules/a.yaml": "1" });
    const { begun, readings } = await watching(join(path, "rules"), { read: () => readFileSync(join(path, "rules/a.yaml"), "utf8") });
    const read = begun();
    for (let file = 0; file < 20; file++) writeFileSync(join(path, `rules/${file}.yaml`), "1");
    await read;
    // Takes longer than a second reading of the same changes would.
    await watching(join(path, "rules"));
    writeFileSync(join(path, "rules/a.yaml"), "2");
    while (readings.at(-1) !== "2") await begun();
    expect(readings).toEqual(["1", "2"]);
  });

  it("does not lose what changes while a reading is under way, and never reads twice at once", async () => {
    const path = folder({ "rules/a.yaml": "1" });
    const read = () => readFileSync(join(path, "rules/a.yaml"), "utf8");
    const { begun, hold, readings } = await watching(join(path, "rules"), { read });
    // Tells when a change has been noticed for certain: it waits as long as the one that is looked at.
    const other = await watching(join(path, "rules"));
    const release = hold();
    const first = Promise.all([begun(), other.begun()]);
    writeFileSync(join(path, "rules/a.yaml"), "2");
    await first;
    const second = begun();
    const noticed = other.begun();
    writeFileSync(join(path, "rules/a.yaml"), "3");
    await noticed;
    expect(readings).toEqual(["2"]);
    release();
    await second;
    expect(readings).toEqual(["2", "3"]);
  });

  it("is not disturbed by what lies beside the folder", async () => {
    const path = folder({ "rules/a.yaml": "1", "data/x.db": "" });
    const { begun, readings, watch } = await watching(join(path, "rules"));
    const read = begun();
    writeFileSync(join(path, "data/x.db"), "2");
    writeFileSync(join(path, "beside.txt"), "2");
    writeFileSync(join(path, "rules/a.yaml"), "2");
    await read;
    await watch.close();
    expect(readings).toHaveLength(1);
  });

  it("goes on after a reading that failed", async () => {
    const path = folder({ "rules/a.yaml": "1" });
    let fail = false;
    const failed = new EventEmitter();
    const { begun, failures } = await watching(join(path, "rules"), {
      read() {
        if (!fail) return "";
        setImmediate(() => failed.emit("failed"));
        throw new Error("half written");
      },
    });
    const refused = once(failed, "failed");
    fail = true;
    writeFileSync(join(path, "rules/a.yaml"), "2");
    await refused;
    fail = false;
    const read = begun();
    writeFileSync(join(path, "rules/a.yaml"), "3");
    await read;
    expect(failures).toEqual([new Error("half written")]);
  });

  it("calls nothing once it is closed, and waits for the reading under way", async () => {
    const path = folder({ "rules/a.yaml": "1" });
    const { begun, hold, readings, watch } = await watching(join(path, "rules"));
    const release = hold();
    const first = begun();
    writeFileSync(join(path, "rules/a.yaml"), "2");
    await first;
    let closed = false;
    const closing = watch.close().then(() => (closed = true));
    writeFileSync(join(path, "rules/a.yaml"), "3");
    await new Promise(setImmediate);
    expect(closed).toBe(false);
    release();
    await closing;
    expect(readings).toHaveLength(1);
  });
});
