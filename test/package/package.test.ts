import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf, installPackage, ROOT, type Installed } from "./installed.ts";

const MINUTE = 60_000;
let installed: Installed;
beforeAll(async () => {
  installed = await installPackage();
}, 4 * MINUTE);
afterAll(() => installed?.remove());

describe("the packed package", () => {
  it("has nothing for publint to say", async () => {
    const bytes = readFileSync(installed.tarball);
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const { messages, pkg } = await publint({ pkgDir: "package", pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  it("has types that are found and right, for whoever imports it", async () => {
    const result = await checkPackage(createPackageFromTarballData(readFileSync(installed.tarball)), {
      excludeEntrypoints: ["./rulewright.schema.json", "./package.json"],
    });
    if (!result.types) throw new Error("there are no types");
    expect(Object.keys(result.entrypoints)).toEqual([".", "./fastify"]);
    // The package is ESM only. `require` gives a program on Node 20.19 the module all the same, which TypeScript's CommonJS rules cannot
    // know; and resolution as before Node 16 does not know `exports` at all.
    const deliberate = result.problems.filter(
      (problem) => !("resolutionKind" in problem && (problem.resolutionKind === "node16-cjs" || problem.resolutionKind === "node10")),
    );
    expect(deliberate).toEqual([]);
  });

  it("holds what is used and nothing else", async () => {
    const { stdout } = await installed.run("tar", ["-tzf", installed.tarball]);
    const files = stdout.trim().split("\n");
    const expected =
      /^package\/(package\.json|README\.md|LICENSE|rulewright\.schema\.json|dist\/.+\.(js|d\.ts)|rules\/.+\.yaml|templates\/.+\.hbs|docs\/.+\.md)$/;
    expect(files.filter((file) => !expected.test(file))).toEqual([]);
    const main = files.filter((file) => /^package\/(dist\/(index|fastify|cli\/main)\.js|rulewright\.schema\.json)$/.test(file));
    expect(main).toHaveLength(4);
  });
});

describe("what the pages show runs there as it stands:", () => {
  it.each(blocksOf("docs/library.md", "js").map(({ heading, code }, index) => ({ heading, code, index })))(
    "docs/library.md, $heading",
    async ({ code, index }) => {
      const folder = installed.folder(`library-${index}`);
      writeFileSync(join(folder, "program.mjs"), code);
      const { stdout, stderr } = await installed.run(process.execPath, ["--trace-warnings", "program.mjs"], folder);
      expect(stderr).toBe("");
      expect(stdout).not.toBe("");
    },
    MINUTE,
  );

  it("README.md", { timeout: MINUTE }, async () => {
    const blocks = blocksOf("README.md", "ts").filter(({ code }) => code.includes("openRulewright"));
    expect(blocks.length).toBeGreaterThan(0);
    for (const [index, { code }] of blocks.entries()) {
      const folder = installed.folder(`readme-${index}`);
      // README leaves the record to its reader, and its types are none that Node would have to strip.
      const record = 'const record = { invoice_id: "90300", status: "paid", total: "12000.0" };\n';
      writeFileSync(join(folder, "program.mjs"), code.includes("const record") ? code : record + code);
      expect((await installed.run(process.execPath, ["program.mjs"], folder)).stderr).toBe("");
    }
  });

  it("says what the comments in docs/library.md say it prints", { timeout: MINUTE }, async () => {
    const printed = async (heading: string): Promise<string> => {
      const code = blocksOf("docs/library.md", "js").find((block) => block.heading === heading)?.code;
      if (code === undefined) throw new Error(`docs/library.md has no "${heading}"`);
      const folder = installed.folder(heading.replaceAll(/\W/g, "-"));
      writeFileSync(join(folder, "program.mjs"), code);
      return (await installed.run(process.execPath, ["program.mjs"], folder)).stdout;
    };
    expect(await printed("Definitions and explanations")).toMatch(/^criteriaNotMet \{[\s\S]*actual: '480\.00'[\s\S]*validation_failed \[/);
    expect(await printed("Functions of your own")).toContain("late_fee: '10.00'");
    expect(await printed("Records of your own")).toContain("status: 'closed'");
    expect(await printed("What will run")).toBe("succeeded daily-sync 0\ntrue null daily-sync null\n");
    expect(await printed("Their dates")).toBe("[ [ 'overdue', '1', 'mark' ] ]\n");
    expect(await printed("Several, and closing")).toBe("0\n");
  });
});

describe("a program in TypeScript", () => {
  it("that uses every method is checked in strict mode, declarations included", { timeout: MINUTE }, async () => {
    const folder = installed.folder("typed");
    writeFileSync(join(folder, "consumer.ts"), readFileSync(new URL("consumer.ts.txt", import.meta.url)));
    expect(await typecheck(folder, [])).toBe("");
  });

  it("that embeds it needs no types of Node, unless it checks declarations too", { timeout: MINUTE }, async () => {
    const folder = installed.folder("bare");
    writeFileSync(
      join(folder, "bare.ts"),
      'import { openRulewright } from "rulewright";\nexport const opened = await openRulewright({});\n',
    );
    expect(await typecheck(folder, ["--types", "", "--skipLibCheck", "true"])).toBe("");
  });

  it("hears of its mistakes", { timeout: MINUTE }, async () => {
    const folder = installed.folder("wrong");
    writeFileSync(
      join(folder, "wrong.ts"),
      'import { openRulewright } from "rulewright";\n(await openRulewright({})).workflowRules.create({ name: "x", modul: "invoices" });\n',
    );
    await expect(typecheck(folder, [])).rejects.toMatchObject({ stdout: expect.stringContaining("'modul' does not exist") });
  });

  async function typecheck(folder: string, more: readonly string[]): Promise<string> {
    // Fastify's own types need Node's, which a program that uses it has.
    for (const types of ["@types/node", "undici-types"])
      cpSync(join(ROOT, "node_modules", types), join(installed.project, "node_modules", types), { recursive: true });
    const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
    const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--skipLibCheck", "false", "--noEmit"];
    const files = ["consumer.ts", "bare.ts", "wrong.ts"].filter((file) => existsSync(join(folder, file)));
    const target = ["--module", "nodenext", "--target", "es2023", "--lib", "es2023"];
    const { stdout } = await installed.run(process.execPath, [tsc, ...strict, ...target, ...more, ...files], folder);
    return stdout;
  }
});

describe("the command", () => {
  it("shows its help, and checks the shipped rules", { timeout: MINUTE }, async () => {
    expect((await installed.run("npx", ["rulewright", "--help"])).stdout).toContain("validate");
    const shipped = join("node_modules", "rulewright", "rules");
    expect((await installed.run("npx", ["rulewright", "validate", shipped])).stdout).toMatch(/no mistakes\n$/);
  });
});
