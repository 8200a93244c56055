import { run as runApplication } from "@stricli/core";
import { applicationFor } from "./app/application.ts";
import { type CliProcess, toCli } from "./cli.ts";
import { SELF_PARSING } from "./commands/service.ts";
import { EXIT } from "./exit-code.ts";
import { COMPLETE, complete } from "./setup/completion.ts";

/**
 * Runs a command line of `syntha` in this process.
 *
 * @example
 * ```ts
 * const { stdout, stderr, stdin, env } = process;
 * const { signal } = new AbortController();
 * await run(["ls", "--json"], { stdout, stderr, stdin, env, cwd: process.cwd(), signal }); // 0
 * ```
 * @param argv the words after the program's name
 * @returns the exit code
 */
export async function run(argv: readonly string[], from: CliProcess): Promise<number> {
  if (argv[0] === COMPLETE) {
    await complete(toCli(from, argv.slice(1)), argv.slice(1));
    return EXIT.ok;
  }
  const words = toWords(argv);
  const cli = toCli(from, words);
  await runApplication(applicationFor(cli), words, cli);
  return cli.exitCode ?? toExitCode(Number(cli.process.exitCode ?? EXIT.ok));
}

function toWords(argv: readonly string[]): readonly string[] {
  const [first = "", ...rest] = commandFirst(argv);
  if (first === "help") return toWords([...rest, "--help"]);
  if (SELF_PARSING.includes(first)) return [first, "--", ...rest];
  return splitEmptyValues(first === "" ? rest : [first, ...rest]);
}

/** The parser takes `--name=`, without a value, for an argument: as two words, it is an option whose value is empty. */
function splitEmptyValues(words: readonly string[]): readonly string[] {
  const escape = words.indexOf("--");
  return words.flatMap((word, at) =>
    /^--[a-z][a-z-]*=$/i.test(word) && (escape === -1 || at < escape)
      ? [word.slice(0, -1), ""]
      : [word],
  );
}

const LEADING = /^--(?:storage|tenant|context|as|at)(?<value>=.*)?$/s;

/** Options of every command may also precede it: `syntha --storage mesh.db ls`. */
function commandFirst(argv: readonly string[]): readonly string[] {
  let at = 0;
  for (;;) {
    const option = LEADING.exec(argv[at] ?? "");
    if (option === null && argv[at] !== "--json") break;
    at += option !== null && option.groups?.["value"] === undefined ? 2 : 1;
  }
  const length = argv[at] === "context" ? 2 : 1;
  return [...argv.slice(at, at + length), ...argv.slice(0, at), ...argv.slice(at + length)];
}

/** The parser has negative codes for command lines that it can't read. */
function toExitCode(code: number): number {
  if (code === UNKNOWN_COMMAND || code === INVALID_ARGUMENT) return EXIT.usage;
  return code < 0 ? EXIT.failed : code;
}

const UNKNOWN_COMMAND = -5;
const INVALID_ARGUMENT = -4;
