import { visible } from "./escape.ts";

/** A name as a word of a command line that a person may copy: quoted if a shell would split or run it. */
export function shellWord(name: string): string {
  if (/^[\p{L}\d_:.@%+/][\p{L}\d_:.@%+/-]*$/u.test(name)) return name;
  return `'${visible(name).replaceAll("'", String.raw`'\''`)}'`;
}

/** A command that a person may copy, with names as its arguments and options: also those that begin with a hyphen. */
export function commandText(
  command: string,
  args: readonly string[],
  options: Readonly<Record<string, string>> = {},
): string {
  const given = Object.entries(options).map(
    ([name, value]) => `--${name}${value.startsWith("-") ? "=" : " "}${shellWord(value)}`,
  );
  const words = args.map(shellWord);
  return args.some((arg) => arg.startsWith("-"))
    ? ["syntha", command, ...given, "--", ...words].join(" ")
    : ["syntha", command, ...words, ...given].join(" ");
}
