import { isSynthaError } from "@syntha/core";
import { VERSION } from "../agent/version.ts";
import { HELPS } from "./help.ts";
import { messageOf } from "./message.ts";
import { type Command, parseCommand } from "./options.ts";
import type { ProcessIo } from "./process-io.ts";
import { UsageError } from "./usage-error.ts";

/** Why the program ended. */
const EXIT = { done: 0, failed: 1, usage: 2, unavailable: 3 } as const;

/** Carries out a command line. Returns the exit code. */
export async function run(argv: readonly string[], io: ProcessIo): Promise<number> {
  let command: Command;
  try {
    command = parseCommand(argv);
  } catch (error) {
    const topic = argv[0] === "hook" || argv[0] === "token" ? `${argv[0]} ` : "";
    io.log(`${messageOf(error)}\nSee npx @syntha/mcp ${topic}--help`);
    // To some clients, 2 means that a hook forbids the turn.
    return argv[0] === "hook" ? EXIT.failed : EXIT.usage;
  }
  try {
    await carryOut(command, io);
    return EXIT.done;
  } catch (error) {
    io.log(messageOf(error));
    if (error instanceof UsageError) return EXIT.usage;
    return isSynthaError(error) ? EXIT.unavailable : EXIT.failed;
  }
}

async function carryOut(command: Command, io: ProcessIo): Promise<void> {
  switch (command.name) {
    case "help":
      return io.print(HELPS[command.topic]);
    case "version":
      return io.print(`${VERSION}\n`);
    case "token": {
      const { createToken } = await import("./create-token.ts");
      return createToken(command.args, io);
    }
    case "hook": {
      const { runHook } = await import("./hook.ts");
      return runHook(command.args, io);
    }
    case "serve": {
      const { serve } = await import("./server.ts");
      return serve(command.args, io);
    }
  }
}
