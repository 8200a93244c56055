#!/usr/bin/env node
import { ConnectionError } from "./command/connection-error.ts";
import { run } from "./command/program.ts";

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
