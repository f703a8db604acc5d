import { styleText } from "node:util";

/** Marks text for a terminal; gives it back as it is where there are no colours. */
export type Paint = Readonly<Record<"heading" | "good" | "bad" | "faint", (text: string) => string>>;

export function createPaint(colours: boolean): Paint {
  // Whether there are colours was decided for the stream that is written to; styleText would ask its own.
  const style = (format: "bold" | "green" | "red" | "dim") => (text: string) =>
    colours ? styleText(format, text, { validateStream: false }) : text;
  return { heading: style("bold"), good: style("green"), bad: style("red"), faint: style("dim") };
}

/** May a stream be coloured? FORCE_COLOR and NO_COLOR go before what the stream is, as in Node. */
export function wantsColours(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal } = env;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return isTerminal && !refused && terminal !== "dumb";
}
