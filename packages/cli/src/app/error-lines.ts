import { type ErrorCode, isSynthaError } from "@syntha/core";
import { UsageError } from "@syntha/mcp/storage";
import type { Cli } from "../cli.ts";
import { Interrupted } from "../interrupt.ts";
import { toCommandHint, toCommandWords } from "./command-words.ts";
import { toSafeJson, visibleLines } from "../terminal/escape.ts";

/** An error as a person reads it, or as JSON with `--json`: its message, code and hint. */
export function errorLines(error: unknown, cli: Pick<Cli, "argv" | "err">): readonly string[] {
  const { message, code, hint, stack } = partsOf(error, cli.argv[0]);
  if (cli.argv.includes("--json")) return [toSafeJson({ error: message, code, hint })];
  const { paint } = cli.err;
  const [first = "", ...rest] = visibleLines(message);
  return [
    `${paint("red", "✗")} ${first}${code === undefined ? "" : paint("dim", `  ${code}`)}`,
    ...rest.map((line) => `  ${line}`),
    ...(hint === undefined || hint === "" ? [] : visibleLines(hint).map((line) => `  ${line}`)),
    ...(stack === undefined ? [] : visibleLines(stack).map((line) => paint("dim", line))),
  ];
}

interface ErrorParts {
  readonly message: string;
  readonly code?: string | undefined;
  readonly hint?: string | undefined;
  /** Of what should not happen. */
  readonly stack?: string | undefined;
}

/** The next step on a command line, where it differs from that in a program. */
const HINTS: ReadonlyMap<ErrorCode, string> = new Map([
  ["NOT_OWNER", "Act as its owner with --as OWNER, or with --as system."],
  ["KEY_TAKEN", "Choose another key, or replace the item with --as system."],
]);

const NO_TABLES =
  "`syntha push KEY VALUE --global` creates or upgrades the tables; commands that look do not. Programs of an older release may then need an upgrade.";

/**
 * What an error says on a command line.
 *
 * @param command the one that failed
 */
export function partsOf(error: unknown, command?: string): ErrorParts {
  if (isSynthaError(error)) {
    const { code } = error;
    if (code === "STORAGE_MISMATCH" && error.message.startsWith("Migration"))
      return { message: error.message, code, hint: NO_TABLES };
    return {
      message: toCommandWords(error.message),
      code,
      hint: HINTS.get(code) ?? toCommandHint(error.hint, command),
    };
  }
  if (typeof error === "string") return usageParts(error);
  if (error instanceof Interrupted) return { message: error.message, code: "ABORTED" };
  if (error instanceof UsageError) return usageParts(error.message);
  // Of a file: where in the program is of no use.
  if (error instanceof Error && "syscall" in error)
    return { message: error.message, code: (error as NodeJS.ErrnoException).code };
  if (error instanceof Error) return { message: error.message, stack: error.stack };
  return { message: String(error) };
}

/** What is wrong with a command line is on its first line; what to do is on the lines that follow. */
function usageParts(text: string): ErrorParts {
  const [message = "", ...lines] = text.split("\n");
  return { message, code: "USAGE", hint: lines.length === 0 ? undefined : lines.join("\n") };
}
