import { isSynthaError } from "@syntha/core";

import { parseOptions } from "./command/options.ts";
import { run } from "./command/run.ts";
import { usage } from "./command/usage.ts";
import { UsageError } from "./command/usage-error.ts";
import { DeskError } from "./desk/desk-error.ts";
import { TicketFileError } from "./tickets/ticket-file-error.ts";
import { WORKER_FLAG, workForParent } from "./workers/work-for-parent.ts";

const FAILED = 1;
const MISUSED = 2;
/** Exit codes of signals that end the demo, as shells give them. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

async function main(): Promise<number> {
  const [, program = "", ...args] = process.argv;
  if (args[0] === WORKER_FLAG && process.connected) {
    await workForParent();
    return 0;
  }
  const options = parseOptions(args);
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const stop = new AbortController();
  let code = 0;
  for (const [name, codeOfSignal] of Object.entries(SIGNALS)) {
    // The first asks to end in order, the second ends.
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(codeOfSignal);
      code = codeOfSignal;
      stop.abort();
    });
  }
  await run(options, program, stop.signal);
  return code;
}

/** What to tell a person; undefined for what is a defect of ours, whose trace is worth more. */
function tell(error: unknown): string | undefined {
  if (error instanceof UsageError) return `${error.message}\nSee --help.`;
  if (error instanceof TicketFileError) return error.message;
  if (error instanceof DeskError || isSynthaError(error)) return `${error.message}\n${error.hint}`;
  if (error instanceof Error && "code" in error && "path" in error) return error.message;
  return undefined;
}

// Whoever reads the report may stop reading early.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  process.exitCode = await main();
} catch (error) {
  const told = tell(error);
  if (told === undefined) throw error;
  // Servers and models have a say in it: what they write must not command the terminal.
  process.stderr.write(`${told.replaceAll(/[^\n\P{Cc}]/gu, "\uFFFD")}\n`);
  process.exitCode = error instanceof UsageError ? MISUSED : FAILED;
}
