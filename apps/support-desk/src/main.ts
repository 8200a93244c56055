import { readFileSync } from "node:fs";
import { isSynthaError } from "@syntha/core";
import { DeskError, UsageError } from "./desk-error.ts";
import { parseOptions } from "./options.ts";
import { run, runWorker } from "./run.ts";
import { WORKER_FLAG, workForParent } from "./workers.ts";

const FAILED = 1;
const MISUSED = 2;
/** Exit codes of signals, as shells report them. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

async function main(): Promise<number> {
  const [, program = "", ...args] = process.argv;
  if (args[0] === WORKER_FLAG && process.connected) {
    const options = parseOptions(args.slice(1));
    await workForParent((signal, onUsage) => runWorker(options, signal, onUsage));
    return 0;
  }
  const options = parseOptions(args);
  if (options.help) {
    process.stdout.write(readFileSync(new URL("usage.txt", import.meta.url)));
    return 0;
  }
  const stop = new AbortController();
  let code = 0;
  for (const [name, codeOfSignal] of Object.entries(SIGNALS)) {
    // The first ends the desk in order, the second at once.
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(codeOfSignal);
      code = codeOfSignal;
      stop.abort();
    });
  }
  await run(options, [program, ...args], stop.signal);
  return code;
}

/** The text for a person; undefined for a defect, whose trace is worth more. */
function describe(error: unknown): string | undefined {
  if (error instanceof UsageError) return `${error.message}\nSee --help.`;
  if (error instanceof DeskError || isSynthaError(error))
    return `${error.message}\n${error.hint}`.trimEnd();
  return error instanceof Error && "code" in error && "path" in error ? error.message : undefined;
}

// The reader of the report may stop early.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  process.exitCode = await main();
} catch (error) {
  const text = describe(error);
  if (text === undefined) throw error;
  // It may quote servers and models, which must not command the terminal.
  process.stderr.write(`${text.replaceAll(/[^\n\P{Cc}]/gu, "\uFFFD")}\n`);
  process.exitCode = error instanceof UsageError ? MISUSED : FAILED;
}
