import { execFile } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

export type Installed = {
  /** The packed package. */
  readonly tarball: string;
  /** An empty project with the package and nothing else installed. */
  readonly project: string;
  /** The package within it. */
  readonly package: string;
  /** Runs a program there; rejects with what it printed where it does not end with 0. */
  run(program: string, args: readonly string[], cwd?: string): Promise<{ readonly stdout: string; readonly stderr: string }>;
  /** A new folder of the project with the shipped rules and templates in it, as somebody who copied them has them. */
  folder(name: string): string;
  remove(): void;
};

/** Packs what was built and installs it with npm as a user does. */
export async function installPackage(): Promise<Installed> {
  const project = mkdtempSync(join(tmpdir(), "rulewright-package-"));
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", project], { cwd: ROOT });
  const [name = ""] = readdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  await run("npm", ["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", `./${name}`], { cwd: project });
  // What better-sqlite3's install script would fetch, or compile for two minutes: the one that this checkout has.
  const binary = join("node_modules", "better-sqlite3", "build", "Release");
  mkdirSync(join(project, binary), { recursive: true });
  copyFileSync(join(ROOT, binary, "better_sqlite3.node"), join(project, binary, "better_sqlite3.node"));
  const installed = join(project, "node_modules", "rulewright");
  return {
    tarball: join(project, name),
    project,
    package: installed,
    run: (program, args, cwd = project) => run(program, args, { cwd, env: cleanEnvironment() }),
    folder(folder) {
      const at = join(project, folder);
      for (const shipped of ["rules", "templates"]) cpSync(join(installed, shipped), join(at, shipped), { recursive: true });
      return at;
    },
    remove: () => rmSync(project, { recursive: true, force: true }),
  };
}

/** Nothing of this machine's own settings: the programs are to run with what stands in them. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("RULEWRIGHT_")));
}

/** Code blocks of a language in a page of Markdown, with the heading that each stands under. */
export function blocksOf(page: string, language: string): readonly { readonly heading: string; readonly code: string }[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const blocks: { heading: string; code: string }[] = [];
  let heading = page;
  for (const match of text.matchAll(/^#+ (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (match[1] !== undefined) heading = match[1];
    else if (match[2] === language) blocks.push({ heading, code: match[3] ?? "" });
  }
  return blocks;
}
