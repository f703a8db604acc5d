import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";

it("ends as it would, without a word, where nobody reads what it prints", async () => {
  const child = spawn(process.execPath, ["dist/cli/main.js", "completion", "bash"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect({ said, code }).toEqual({ said: "", code: 0 });
});
