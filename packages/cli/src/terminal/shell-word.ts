import { visible } from "./escape.ts";

/** A name as a word of a command line that a person may copy: quoted if a shell would split or run it. */
export function shellWord(name: string): string {
  if (/^[\p{L}\d_:.@%+/][\p{L}\d_:.@%+/-]*$/u.test(name)) return name;
  return `'${visible(name).replaceAll("'", String.raw`'\''`)}'`;
}
