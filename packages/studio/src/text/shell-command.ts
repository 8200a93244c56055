import { visibleText } from "./visible-text.ts";

/** Longer lines are cut by terminals. */
const MAX_LENGTH = 4_000;

/** Option and value, in the order of the command line. */
export type CommandOptions = readonly (readonly [name: string, value: string])[];

/**
 * A command of `syntha` for a POSIX shell, which a person copies. Undefined if it is too long, or if a name has hidden
 * characters: in a terminal they run or hide something.
 *
 * @example
 * shellCommand("push", ["-draft"], [["to", "Ann Lee"]]); // syntha push --to 'Ann Lee' -- -draft
 */
export function shellCommand(
  command: string,
  names: readonly string[],
  options: CommandOptions,
): string | undefined {
  const words = names.map(shellWord);
  const flags = options.flatMap(([name, value]) =>
    // A value that begins with a dash is otherwise taken as an option.
    value.startsWith("-") ? [`--${name}=${shellWord(value)}`] : [`--${name}`, shellWord(value)],
  );
  const hasDash = names.some((name) => name.startsWith("-"));
  const line = [
    `syntha ${command}`,
    ...(hasDash ? [...flags, "--", ...words] : [...words, ...flags]),
  ].join(" ");
  return line.length <= MAX_LENGTH && visibleText(line) === line ? line : undefined;
}

function shellWord(text: string): string {
  return /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
