import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** A test's child process, compiled: Node 20 runs no TypeScript of its own. */
export type Compiled = { readonly script: string; remove(): Promise<void> };

/** Compiles a script with what it imports. @param script its path below `test` */
export async function compiled(script: string): Promise<Compiled> {
  // Inside the project, so that the packages are found.
  const folder = await mkdtemp(join(process.cwd(), "node_modules", ".rulewright-test-"));
  const options = ["--ignoreConfig", "--rootDir", ".", "--outDir", folder, "--target", "es2023", "--module", "nodenext"];
  const lenient = ["--types", "node", "--skipLibCheck", "--noCheck", "--rewriteRelativeImportExtensions"];
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  await promisify(execFile)(process.execPath, [tsc, ...options, ...lenient, join("test", script)]);
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  return {
    script: join(folder, "test", script.replace(/\.ts$/, ".js")),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
