import { isDeepStrictEqual } from "node:util";
import {
  applyEdits,
  modify,
  type ParseError,
  parse,
  parseTree,
  findNodeAtLocation,
  getNodeValue,
} from "jsonc-parser";
import { CannotEdit, type FileEdit } from "./file-edit.ts";

/** Adds a member to a file of JSON, which may have comments. The rest of the file keeps its form. */
export function jsonMember(path: string, at: readonly string[], value: unknown): FileEdit {
  return {
    path,
    apply: (before) => {
      const text = readJson(path, before, at, value);
      const tree = parseTree(text);
      const present = tree && findNodeAtLocation(tree, [...at]);
      if (present === undefined) return insert(text, at, value);
      if (!isDeepStrictEqual(getNodeValue(present), value)) throw differs(at.join("."));
      return text;
    },
  };
}

/** @throws CannotEdit */
export function readJson(
  path: string,
  before: string | undefined,
  at: readonly string[],
  value: unknown,
): string {
  if (before === undefined || before.trim() === "") return "{}\n";
  const errors: ParseError[] = [];
  const root: unknown = parse(before, errors, { allowTrailingComma: true });
  if (errors.length > 0 || !isObject(root)) throw byHand(`${path} is not a JSON object`, at, value);
  let node: unknown = root;
  for (const name of at.slice(0, -1)) {
    node = (node as Readonly<Record<string, unknown>>)[name];
    if (node === undefined) break;
    if (!isObject(node)) throw byHand(`"${name}" in ${path} is not an object`, at, value);
  }
  return before;
}

/** With the indentation of the file. */
export function insert(text: string, at: readonly (string | number)[], value: unknown): string {
  const tab = /^\t/m.test(text);
  const spaces = /^( +)\S/m.exec(text)?.[1]?.length ?? 2;
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const formattingOptions = { insertSpaces: !tab, tabSize: tab ? 1 : spaces, eol };
  return applyEdits(
    text,
    modify(text, [...at], value, {
      formattingOptions,
      isArrayInsertion: typeof at.at(-1) === "number",
    }),
  );
}

/** Adds a table at the end of a file of TOML, where it can't change the meaning of what is there. */
export function tomlTable(
  path: string,
  name: string,
  entry: { readonly command: string; readonly args: readonly string[] },
): FileEdit {
  const table = [
    `[${name}]`,
    `command = ${JSON.stringify(entry.command)}`,
    `args = ${JSON.stringify(entry.args)}`,
    "",
  ].join("\n");
  return {
    path,
    apply: (before = "") => {
      if (before.includes(table.trimEnd())) return before;
      if (before.split("\n").some((line) => isTableOf(line.trim(), name))) throw differs(name);
      const gap = before === "" ? "" : before.endsWith("\n") ? "\n" : "\n\n";
      return before + gap + table;
    },
  };
}

/** Whether a line begins the table, or one within it. */
function isTableOf(line: string, name: string): boolean {
  return line.startsWith(`[${name}]`) || line.startsWith(`[${name}.`);
}

/** It is the user's: another storage or agent may be meant. */
export function differs(what: string): CannotEdit {
  return new CannotEdit(
    `Its ${what} is another one. Remove it, and run syntha init again to replace it.`,
  );
}

export function byHand(reason: string, at: readonly string[], value: unknown): CannotEdit {
  const nested = at.toReversed().reduce<unknown>((inner, name) => ({ [name]: inner }), value);
  return new CannotEdit(`${reason}. Add by hand:\n${JSON.stringify(nested, undefined, 2)}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
