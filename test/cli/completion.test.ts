import { execFile } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { folder } from "../files/folder.ts";
import { MAIN } from "../support/serve.ts";
import { cli } from "./run.ts";

const RULE = `
kind: WorkflowRule
name: NAME
description: It says thanks.
module: invoices
trigger: { type: event, on: [created] }
conditions: [{ immediateActions: [{ type: webhook, name: x }] }]
`;

/** What may stand in place of the last word; `paths` where a file or folder may. */
async function suggested(...words: readonly string[]) {
  const { code, out } = await cli(["complete", "--", ...words.slice(0, -1), `=${words.at(-1)}`]);
  expect(code).toBe(0);
  const lines = out.trimEnd().split("\n");
  return { values: lines.slice(0, -1).map((line) => line.split("\t")[0] ?? ""), paths: lines.at(-1)?.slice(1) };
}

describe("complete", () => {
  it.each<[words: readonly string[], values: readonly string[], paths: string]>([
    [["e"], ["emit", "explain"], "none"],
    [["--v"], ["--version"], "none"],
    [["serve", "--p"], ["--port"], "none"],
    [["serve", "--port", "80", "--p"], [], "none"],
    [["serve", "--log-level", "w"], ["warn"], "none"],
    [["serve", "--rules", ""], [], "folders"],
    [["serve", "--port", ""], [], "none"],
    [["serve", ""], [], "none"],
    [["emit", "inv"], ["invoices", "inventoryadjustments"], "none"],
    [["emit", "invoices", "cr"], ["created"], "none"],
    [["emit", "--json", "invoices", "created", ""], [], "files"],
    [["emit", "invoices", "created", "x.json", ""], [], "none"],
    [["validate", "a", "b", ""], [], "files"],
    [["explain", "x", ""], [], "files"],
    [["up"], ["upcoming"], "none"],
    [["upcoming", "--"], ["--days", "--store", "--rules", "--json", "--help"], "none"],
    [["upcoming", "--rules", ""], [], "folders"],
    [["upcoming", "--days", ""], [], "none"],
    [["explain", "--origin", "f"], ["fieldUpdate", "function"], "none"],
    [["explain", "--module", "custom"], ["customerpayments", "customers"], "none"],
    [["completion", ""], ["bash", "zsh", "fish", "powershell"], "none"],
    [["nonsense", ""], [], "none"],
  ])("%j", async (words, values, paths) => {
    const found = await suggested(...words);
    expect({ values: found.values.toSorted(), paths: found.paths }).toEqual({ values: values.toSorted(), paths });
  });

  it("knows the rules of the folder, those with mistakes left out", async () => {
    const path = folder({
      "a.yaml": [RULE.replace("NAME", "thank-you"), RULE.replace("NAME", "other"), "\nkind: Nonsense"].join("---"),
    });
    expect(await suggested("explain", "--rules", path, "th")).toEqual({ values: ["thank-you"], paths: "none" });
    const { out } = await cli(["complete", "--", "explain", "=ot"], { env: { RULEWRIGHT_RULES: path } });
    expect(out).toBe("other\tIt says thanks.\n:none\n");
    expect(await suggested("explain", "--rules", "/dev/null/rules", "")).toEqual({ values: [], paths: "none" });
  });
});

it.each(["bash", "zsh", "fish", "powershell"])("completion %s prints a script that asks for what it offers", async (shell) => {
  const { code, out } = await cli(["completion", shell]);
  expect(code).toBe(0);
  expect(out).toMatch(/rulewright complete '?--'? .*"=\$/);
  expect(out).not.toContain("\\${");
});

describe("in a real bash", () => {
  /** What TAB offers after these words, in a folder with a rule, a folder and a file with a space in its name. */
  async function tab(...words: readonly string[]): Promise<readonly string[]> {
    const path = folder({ "rules/a.yaml": RULE.replace("NAME", "say thanks"), "inv oice.json": "{}", "bin/rulewright": "" });
    const program = join(path, "bin/rulewright");
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
    chmodSync(program, 0o755);
    const script = `source <(rulewright completion bash)
      COMP_WORDS=(rulewright "$@"); COMP_CWORD=$#; COMPREPLY=(stale)
      _rulewright; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p rulewright >&2`;
    const { stdout, stderr } = await promisify(execFile)("bash", ["--norc", "-c", script, "bash", ...words], {
      cwd: path,
      env: { PATH: `${join(path, "bin")}:${process.env["PATH"] ?? ""}` },
    });
    expect(stderr).toBe("complete -F _rulewright rulewright\n");
    return stdout.split("\n").filter((line) => line !== "");
  }

  it.each<[words: readonly string[], offered: readonly string[]]>([
    [["ex"], ["explain"]],
    [["serve", "--wa"], ["--watch"]],
    [
      ["serve", "--rules", ""],
      ["bin", "rules"],
    ],
    [["validate", "in"], ["inv oice.json"]],
    [["explain", "s"], [String.raw`say\ thanks`]],
    [["explain", "say thanks", "inv"], ["inv oice.json"]],
    [["serve", "--port", "$(touch pwned)"], []],
  ])("%j", async (words, offered) => {
    expect((await tab(...words)).toSorted()).toEqual(offered);
  });
});
