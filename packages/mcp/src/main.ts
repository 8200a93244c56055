#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// What is loaded next starts from code that an earlier run has compiled.
enableCompileCache();
const { ConnectionError } = await import("./command/connection-error.ts");
const { run } = await import("./command/program.ts");

const ending = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    // The second time, whatever is still in progress is left as a crash would leave it.
    if (ending.signal.aborted) process.exit(1);
    ending.abort();
  });

// The client has closed its end.
process.stdout.on("error", () => ending.abort());

process.exitCode = await run(process.argv.slice(2), {
  print: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => {
        if (error) reject(new ConnectionError("Standard output is closed."));
        else resolve();
      });
    }),
  log: (text) => void process.stderr.write(`${text}\n`),
  signal: ending.signal,
});
// Standard input may stay open, which keeps a process alive.
process.stdin.destroy();
