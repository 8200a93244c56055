#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// What is loaded next starts from code that an earlier run has compiled.
enableCompileCache();
const { run } = await import("./run.ts");

const ending = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    // The second time, whatever is still in progress is left as a crash would leave it.
    if (ending.signal.aborted) process.exit(1);
    ending.abort();
  });

// The reader of a pipe is gone, such as `head`.
process.stdout.on("error", () => process.exit());

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  signal: ending.signal,
});
// Standard input may stay open, which keeps a process alive.
process.stdin.destroy();
