import type { CustomFunction } from "../../model/actions/custom-function.ts";
import type { Issue } from "../../model/errors.ts";
import type { CheckContext } from "../action.ts";
import { unknownName } from "../../model/unknown-name.ts";
import { checkPlaceholders } from "../placeholders/placeholders.ts";
import type { FunctionIndex } from "./host-function.ts";

/** What is wrong with a function's definition beyond its schema: what cannot run here, and placeholders that mean nothing. */
export function checkCustomFunction(
  { name, language, code, parameters, connections }: CustomFunction,
  { module, modules, connections: known }: Pick<CheckContext, "module" | "modules" | "connections">,
  functions: FunctionIndex,
): readonly Issue[] {
  const seen = new Set<string>();
  const pairs = parameters.flatMap((parameter, index): readonly Issue[] => {
    const twice = seen.has(parameter.name);
    seen.add(parameter.name);
    const issues = checkPlaceholders(parameter.value, module, modules, `parameters.${index}.value`);
    return twice ? [...issues, { path: `parameters.${index}.name`, message: `the parameter "${parameter.name}" is given twice` }] : issues;
  });
  return [
    ...(language === "host" ? checkHost(name, code, functions) : checkCode(code)),
    ...connections.flatMap((connection, index) =>
      known.includes(connection) ? [] : [unknownName(`connections.${index}`, "connection", connection, known)],
    ),
    ...pairs,
  ];
}

function checkHost(name: string, code: string | undefined, functions: FunctionIndex): readonly Issue[] {
  return [
    ...(code === undefined ? [] : [{ path: "code", message: "a function of language host has no code of its own" }]),
    // Without any functions this is not the embedding program but a check or a server of its files: nothing is known of them here.
    ...(functions.find(name) || functions.names.length === 0
      ? []
      : [unknownName("name", "function of the embedding program (openRulewright's functions)", name, functions.names)]),
  ];
}

function checkCode(code: string | undefined): readonly Issue[] {
  return code === undefined
    ? [
        {
          path: "code",
          message: "expected the code of a function of language javascript",
          hint: "a rule file may also name it as file: <path>",
        },
      ]
    : [];
}
