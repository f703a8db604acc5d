import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { START, type Mistake } from "./mistake.ts";
import { isMissing } from "./read-text.ts";

const EXTENSIONS = new Set([".yaml", ".yml", ".json"]);

export type FoundFiles = {
  readonly files: readonly string[];
  readonly mistakes: readonly Mistake[];
};

/**
 * Rule files under the folders, in the order of their paths; a path that is a file itself is taken as it is. Hidden entries and
 * `node_modules` are left out. Symbolic links are followed (a mounted ConfigMap consists of them), each file and folder once.
 */
export async function findFiles(paths: readonly string[]): Promise<FoundFiles> {
  const seen = new Set<string>();
  const files: string[] = [];
  const mistakes: Mistake[] = [];

  async function visit(path: string, named: boolean): Promise<void> {
    try {
      const real = await realpath(path);
      const stats = await stat(path);
      if (!stats.isDirectory() && !named && !isRuleFile(path)) return;
      if (seen.has(real)) return;
      seen.add(real);
      if (!stats.isDirectory()) files.push(path);
      else for (const name of (await readdir(path)).filter(isVisible).toSorted(byCode)) await visit(join(path, name), false);
    } catch (error) {
      // A link that leads nowhere is no rule file unless its name says so.
      if (!named && !isRuleFile(path) && isMissing(error)) return;
      const message = isMissing(error) ? "no such file or folder" : `cannot be read: ${String(error)}`;
      mistakes.push({ file: path, ...START, message, hint: null });
    }
  }

  for (const path of paths) await visit(path, true);
  return { files, mistakes };
}

function isRuleFile(path: string): boolean {
  return EXTENSIONS.has(extname(path).toLowerCase());
}

function isVisible(name: string): boolean {
  return !name.startsWith(".") && name !== "node_modules";
}

/** The same order on every machine, whatever its locale. */
function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
