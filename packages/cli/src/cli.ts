import { homedir, userInfo } from "node:os";
import type { CommandContext, StricliProcess } from "@stricli/core";
import { type OutputStream, Terminal } from "./terminal/terminal.ts";

/** What the program uses of its process. */
export interface CliProcess {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean | undefined };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborts when the program is to end. Its reason is `SIGINT` (or any other), `SIGTERM`, `EPIPE` if `stdout` has no reader, or `EIO` if it can't be written. */
  readonly signal: AbortSignal;
  /** Aborts the signal also when the reader of `stdout` leaves while nothing is written to it, until disposed of. */
  readonly watchReader?: (() => Disposable) | undefined;
}

/** What a command runs with. */
export interface Cli extends CommandContext {
  readonly process: StricliProcess;
  readonly out: Terminal;
  readonly err: Terminal;
  readonly stdin: CliProcess["stdin"];
  readonly env: CliProcess["env"];
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly watchReader: () => Disposable;
  /** The words of the command line. */
  readonly argv: readonly string[];
  /** The folder with the user's files. */
  readonly home: string;
  readonly userName: string;
  /** Set by a command that ends without an error, and not with 0. */
  exitCode: number | undefined;
}

export function toCli(from: CliProcess, argv: readonly string[]): Cli {
  const { stdin, env, cwd, signal, watchReader = () => ({ [Symbol.dispose]() {} }) } = from;
  const [out, err] = [
    new Terminal(from.stdout, env, signal),
    new Terminal(from.stderr, env, signal),
  ];
  return {
    // Without `getColorDepth`: colours are ours.
    process: { stdout: writer(out), stderr: errorWriter(err), env },
    out,
    err,
    stdin,
    env,
    cwd,
    signal,
    watchReader,
    argv,
    home: env["HOME"] || env["USERPROFILE"] || homedir(),
    userName: env["USER"] || env["USERNAME"] || nameOfUser(),
    exitCode: undefined,
  };
}

function writer(terminal: Terminal): { write: (text: string) => void } {
  return { write: (text) => terminal.write(text) };
}

/** The parser ends each message with a line break, also one that is empty. */
function errorWriter(terminal: Terminal): { write: (text: string) => void } {
  return { write: (text) => (text === "\n" ? undefined : terminal.write(text)) };
}

/** Users without an entry in the system's list have no name. */
function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return "someone";
  }
}
