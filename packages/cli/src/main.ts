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
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (["EPIPE", "ECONNRESET", "EOF"].includes(error.code ?? "")) return onReaderGone();
  if (ending.signal.aborted) return;
  // Such as a full disk. Exit code 0 would say that the output is complete.
  process.stderr.write(`✗ Standard output can't be written: ${error.message}\n`);
  end("EIO");
  process.exitCode = interruptCode(ending.signal);
});
process.stderr.on("error", () => {});

const code = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  signal: ending.signal,
  watchReader: () => watchReader(process.stdout, onReaderGone),
});
process.exitCode = ending.signal.reason === "EIO" ? interruptCode(ending.signal) : code;
// Output that a reader has not taken yet would keep the process alive.
if (ending.signal.aborted) process.exit();
// Standard input may stay open, which keeps a process alive.
process.stdin.destroy();
