import type { Argument, Command, Option } from "commander";
import type { Io } from "../io.ts";

/** What may stand in place of a word: values with what they are, and whether a path may stand there. */
export type Suggestions = { readonly values: readonly Value[]; readonly paths: "files" | "folders" | "none" };

type Value = { readonly value: string; readonly description: string };

const NOTHING: Suggestions = { values: [], paths: "none" };

/** Answers the completion scripts. Whatever goes wrong, the person is typing: there is no place for a message. */
export async function complete(program: Command, words: readonly string[], { out, env }: Pick<Io, "out" | "env">): Promise<number> {
  const { values, paths } = await suggest(program, words, env).catch(() => NOTHING);
  for (const { value, description } of values) out(`${value}\t${description.replace(/\s+/g, " ")}\n`);
  out(`:${paths}\n`);
  return 0;
}

/** @param words what stands before the cursor, last the word under it after a `=`. */
export async function suggest(program: Command, words: readonly string[], env: NodeJS.ProcessEnv): Promise<Suggestions> {
  const before = words.slice(0, -1);
  const current = (words.at(-1) ?? "=").slice(1);
  const at = before.findIndex((word) => !word.startsWith("-"));
  const command = at === -1 ? program : program.commands.find((each) => each.name() === before[at]);
  if (!command) return NOTHING;
  const { open, given, positionals } = readWords(command, before.slice(at + 1));
  const found = await all(command, { open, given, positionals, current, env });
  return { ...found, values: found.values.filter(({ value }) => value.startsWith(current)) };
}

type Typed = {
  /** The option whose value stands under the cursor. */
  readonly open: Option | null;
  readonly given: ReadonlyMap<string, string>;
  readonly positionals: number;
};

function readWords(command: Command, words: readonly string[]): Typed {
  const given = new Map<string, string>();
  let open: Option | null = null;
  let positionals = 0;
  for (const word of words) {
    if (open) {
      given.set(open.long ?? "", word);
      open = null;
    } else if (word.startsWith("-") && word !== "-") {
      const option = command.options.find(({ long, short }) => word === long || word === short);
      given.set(word, "");
      if (option?.required) open = option;
    } else positionals++;
  }
  return { open, given, positionals };
}

type Place = Typed & { readonly current: string; readonly env: NodeJS.ProcessEnv };

function all(command: Command, place: Place): Promise<Suggestions> | Suggestions {
  const { open, given, positionals, current } = place;
  if (open) return valuesOf(open.argChoices, placeholder(open), place);
  const help = command.createHelp();
  if (current.startsWith("-")) {
    const options = help.visibleOptions(command).filter(({ long }) => long !== undefined && !given.has(long));
    return { values: options.map(({ long, description }) => ({ value: long ?? "", description })), paths: "none" };
  }
  if (command.commands.length > 0) {
    const commands = help.visibleCommands(command);
    return { values: commands.map((each) => ({ value: each.name(), description: each.description() })), paths: "none" };
  }
  const argument = argumentAt(command.registeredArguments, positionals);
  return argument ? valuesOf(argument.argChoices, argument.name(), place) : NOTHING;
}

function argumentAt(expected: readonly Argument[], index: number): Argument | undefined {
  const last = expected.at(-1);
  return expected[index] ?? (last?.variadic ? last : undefined);
}

/** `folder` of `--rules <folder>`. */
function placeholder({ flags }: Option): string {
  return /<(\w+)>/.exec(flags)?.[1] ?? "";
}

async function valuesOf(choices: readonly string[] | undefined, name: string, place: Place): Promise<Suggestions> {
  if (choices) return named(choices);
  switch (name) {
    case "file":
    case "paths":
      return { values: [], paths: "files" };
    case "folder":
      return { values: [], paths: "folders" };
    case "module":
      return named((await import("../../model/catalogue.ts")).CATALOGUE.flatMap((module) => [module.name, ...module.aliases]));
    case "event":
      return named((await import("../../model/event.ts")).EVENT_TYPES);
    case "rule":
      return { values: await rulesIn(place), paths: "none" };
    default:
      return NOTHING;
  }
}

function named(values: readonly string[]): Suggestions {
  return { values: values.map((value) => ({ value, description: "" })), paths: "none" };
}

/** Of the folder's files alone: a store would have to be opened, and may be busy. */
async function rulesIn({ given, env }: Place): Promise<readonly Value[]> {
  const { readRules } = await import("../../files/read-rules.ts");
  const { documents } = await readRules(given.get("--rules") ?? env["RULEWRIGHT_RULES"] ?? "./rules");
  return documents.flatMap(({ kind, document }) =>
    kind === "WorkflowRule" ? [{ value: document.name, description: document.description || document.module }] : [],
  );
}
