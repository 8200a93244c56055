import { isSynthaError } from "@syntha/core";
import { VERSION } from "../agent/version.ts";
import { createToken } from "./create-token.ts";
import { HELP, TOKEN_HELP } from "./help.ts";
import { type Command, parseCommand } from "./options.ts";
import { start } from "./server.ts";
import { UsageError } from "./usage-error.ts";

/** Why the program ended. */
export const EXIT = { done: 0, failed: 1, usage: 2, unavailable: 3 } as const;

/** What the program uses of its process. */
export interface ProcessIo {
  /** For what is asked for: help, tokens. */
  readonly print: (text: string) => void;
  /** For messages to a person. */
  readonly log: (text: string) => void;
  /** Aborts at Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

/** Runs the command line until it is done. Returns the exit code. */
export async function run(argv: readonly string[], io: ProcessIo): Promise<number> {
  let command: Command;
  try {
    command = parseCommand(argv);
  } catch (error) {
    io.log(`${messageOf(error)}\nSee npx @syntha/mcp --help`);
    return EXIT.usage;
  }
  if (command.name === "help") io.print(command.topic === "token" ? TOKEN_HELP : HELP);
  else if (command.name === "version") io.print(`${VERSION}\n`);
  else if (command.name === "token") return attempt(() => createToken(command.args, io), io);
  else
    return attempt(async () => {
      await using server = await start(command.args, io);
      await server.ended;
    }, io);
  return EXIT.done;
}

async function attempt(task: () => Promise<void>, io: ProcessIo): Promise<number> {
  try {
    await task();
    return EXIT.done;
  } catch (error) {
    io.log(messageOf(error));
    if (error instanceof UsageError) return EXIT.usage;
    return isSynthaError(error) ? EXIT.unavailable : EXIT.failed;
  }
}

export function messageOf(error: unknown): string {
  if (isSynthaError(error)) return [error.message, error.hint].filter(Boolean).join("\n");
  return error instanceof UsageError ? error.message : String((error as Error)?.stack ?? error);
}
