import type { Command, CommandContext, RouteMap } from "@stricli/core";
import { ownVersion } from "../version.ts";
import { SHARED_FLAGS } from "../commands/flags.ts";
import { COMMAND_GROUPS } from "../commands/groups.ts";
import { pad, wrap } from "../terminal/width.ts";

const WIDTH = 79;
const INDENT = "  ";

type Target = Command<never> | RouteMap<never> | Command<CommandContext> | RouteMap<CommandContext>;

/** The help of a command, or of a group of them; at most 80 columns wide. */
export function helpOf(target: Target, prefix: readonly string[]): string {
  const lines = "parameters" in target ? commandHelp(target, prefix) : groupHelp(target, prefix);
  return `${lines.join("\n")}\n`;
}

function commandHelp(command: Command<never>, prefix: readonly string[]): string[] {
  const { flags = {}, positional } = command.parameters;
  const names = Object.keys(flags);
  const own = names.filter((name) => !SHARED_FLAGS.includes(name));
  const shared = names.filter((name) => SHARED_FLAGS.includes(name));
  const rowOf = (name: string): Row => {
    const flag = flags[name] as Flag;
    const value = flag.kind === "boolean" ? "" : ` ${flag.placeholder ?? "VALUE"}`;
    return [`--${toKebab(name)}${value}`, flag.brief];
  };
  const args: Row[] =
    positional?.kind === "tuple"
      ? positional.parameters.map((each) => [usageOf(each), each.brief])
      : positional?.kind === "array"
        ? [[listUsage(positional), positional.parameter.brief]]
        : [];
  const usage = [
    ...prefix,
    ...args.map(([name]) => name),
    ...(names.length > 0 ? ["[options]"] : []),
  ];
  return [
    ...wrap(`${command.brief}.`, WIDTH),
    "",
    `${INDENT}${usage.join(" ")}`,
    ...(command.fullDescription ? ["", command.fullDescription] : []),
    ...section("Arguments", args),
    ...section("Options", own.map(rowOf)),
    ...section("Common options", [...shared.map(rowOf), ["--help, -h", "Print this help"]]),
  ];
}

interface Flag {
  readonly kind: string;
  readonly brief: string;
  readonly placeholder?: string;
}

function usageOf(each: { readonly placeholder?: string; readonly optional?: boolean }): string {
  const name = each.placeholder ?? "VALUE";
  return each.optional ? `[${name}]` : name;
}

function listUsage({
  parameter,
  minimum = 0,
}: {
  readonly parameter: { readonly placeholder?: string };
  readonly minimum?: number;
}): string {
  const names = `${parameter.placeholder}…`;
  return minimum > 0 ? names : `[${names}]`;
}

function groupHelp(routes: RouteMap<never>, prefix: readonly string[]): string[] {
  const entries = new Map(
    routes.getAllEntries().map(({ name, target }) => [name.original, target.brief]),
  );
  const rows = (names: readonly string[]): Row[] =>
    names.map((name) => [name, entries.get(name) ?? ""]);
  if (prefix.length > 1)
    return [
      ...wrap(`${routes.brief}.`, WIDTH),
      ...section("Commands", rows([...entries.keys()])),
      "",
      `${prefix.join(" ")} COMMAND --help explains a command.`,
    ];
  return [
    `Syntha ${ownVersion()}: see what your agents share, and why.`,
    "",
    `${INDENT}syntha COMMAND [--storage sqlite:mesh.db] [--tenant ID] [--as AGENT]`,
    "",
    `${INDENT}syntha ls --storage sqlite:mesh.db        list the items`,
    `${INDENT}syntha why Triage inquiry                 explain who sees an item`,
    `${INDENT}syntha tail                               follow changes`,
    ...COMMAND_GROUPS.flatMap(({ title, names }) => section(title, rows(names))),
    "",
    "Select the mesh with --storage, SYNTHA_STORAGE or syntha context. All commands",
    "have --help, and those that print data have --json. Exit codes: 0 done,",
    "1 failed, 2 wrong command line, 3 a check found problems, 130 interrupted.",
  ];
}

type Row = readonly [name: string, brief: string];

function section(title: string, rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const column = Math.max(...rows.map(([name]) => name.length)) + 2;
  const hang = " ".repeat(INDENT.length + column);
  const lines = rows.flatMap(([name, brief]) =>
    wrap(brief, WIDTH - hang.length).map((line, i) =>
      i === 0 ? `${INDENT}${pad(name, column)}${line}` : hang + line,
    ),
  );
  return ["", title, ...lines.map((line) => line.trimEnd())];
}

function toKebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
