// Imports the programs that the parent names, one after the other, and reports what each has printed when it has ended.
import { inspect } from "node:util";

export interface Program {
  readonly url: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Run {
  readonly error: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

let running: Program | undefined;
let error: string | undefined;
const written = { stdout: "", stderr: "" };

for (const name of ["stdout", "stderr"] as const) {
  process[name].write = (text: string | Uint8Array) => {
    written[name] += String(text);
    return true;
  };
}

process.on("message", (program: Program) => {
  // Only what the program has open keeps the process alive until it has ended.
  process.channel?.unref();
  running = program;
  error = "It waits for something that never happens.";
  Object.assign(written, { stdout: "", stderr: "" });
  Object.assign(process.env, program.env);
  import(program.url).then(
    () => (error = undefined),
    (thrown: unknown) => (error = inspect(thrown)),
  );
});

process.on("beforeExit", () => {
  if (running === undefined) return;
  for (const name of Object.keys(running.env)) delete process.env[name];
  running = undefined;
  process.send?.({ error, ...written } satisfies Run);
  process.channel?.ref();
});
