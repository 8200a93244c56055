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
  /** Aborts at Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
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
  /** The words of the command line. */
  readonly argv: readonly string[];
  /** The folder with the user's files. */
  readonly home: string;
  readonly userName: string;
  /** Set by a command that ends without an error, and not with 0. */
  exitCode: number | undefined;
}

export function toCli(from: CliProcess, argv: readonly string[]): Cli {
  const [out, err] = [new Terminal(from.stdout, from.env), new Terminal(from.stderr, from.env)];
  const { stdin, env, cwd, signal } = from;
  return {
    // Without `getColorDepth`: colours are ours.
    process: { stdout: writer(out), stderr: writer(err), env },
    out,
    err,
    stdin,
    env,
    cwd,
    signal,
    argv,
    home: env["HOME"] || env["USERPROFILE"] || homedir(),
    userName: env["USER"] || env["USERNAME"] || nameOfUser(),
    exitCode: undefined,
  };
}

function writer(terminal: Terminal): { write: (text: string) => void } {
  return { write: (text) => terminal.write(text) };
}

/** Users without an entry in the system's list have no name. */
function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return "someone";
  }
}
