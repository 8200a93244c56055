#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import type { Interrupt } from "./interrupt.ts";

// What is loaded next starts from code that an earlier run has compiled.
enableCompileCache();
const { run } = await import("./run.ts");
const { interruptCode } = await import("./interrupt.ts");
const { watchReader } = await import("./terminal/reader-watch.ts");

const ending = new AbortController();
const end = (interrupt: Interrupt): void => ending.abort(interrupt);
for (const name of ["SIGINT", "SIGTERM"] as const)
  process.on(name, () => {
    // The second time, whatever is still in progress is left as a crash would leave it.
    if (ending.signal.aborted) process.exit(interruptCode(ending.signal));
    end(name);
  });

// The reader of a pipe is gone, such as `head`.
const onReaderGone = (): void => end("EPIPE");
process.stdout.on("error", onReaderGone);
process.stderr.on("error", () => {});

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  signal: ending.signal,
  watchReader: () => watchReader(process.stdout, onReaderGone),
});
// Output that a reader has not taken yet would keep the process alive.
if (ending.signal.aborted) process.exit();
// Standard input may stay open, which keeps a process alive.
process.stdin.destroy();
