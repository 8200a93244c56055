/**
 * `pnpm soak` runs every program on every storage; `pnpm soak kill cas --storage sqlite` runs two on SQLite. A run of all
 * programs at full count, or with `--record`, updates docs/reliability.md.
 */
import { writeFileSync } from "node:fs";
import { formatBreaches, formatResult } from "./harness/format.ts";
import { readOptions, type SoakOptions, USAGE } from "./harness/options.ts";
import { renderPage } from "./harness/page.ts";
import { stopPostgres } from "./harness/postgres-database.ts";
import type { Program } from "./harness/program.ts";
import { ProgressLine } from "./harness/progress.ts";
import { recordResult } from "./harness/results.ts";
import { execute, type Result } from "./harness/run.ts";
import { PROGRAMS } from "./programs.ts";

const { programs, options } = read();
const isRecorded = options.record || (programs.length === PROGRAMS.length && !options.count);
let broken = 0;
for (const program of programs) {
  for (const storage of program.storages) {
    if (options.storage !== undefined && options.storage !== storage) continue;
    const line = new ProgressLine(process.stderr, `${program.name} on ${storage}`);
    const result = await execute(program, { ...options, storage }, line);
    console.log(formatResult(result));
    if (result.breaches.length > 0) {
      broken++;
      console.error(formatBreaches(result));
    }
    if (isRecorded) write(result);
  }
}
await stopPostgres();
if (isRecorded) console.log("\nWritten to docs/reliability.md");
if (broken > 0) process.exitCode = 1;

function write(result: Result): void {
  const target = new URL("../docs/reliability.md", import.meta.url);
  writeFileSync(target, renderPage(PROGRAMS, recordResult(result)));
}

function read(): { programs: readonly Program[]; options: SoakOptions } {
  try {
    const given = readOptions(process.argv.slice(2));
    const known = PROGRAMS.map(({ name }) => name);
    const unknown = given.names.find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw new Error(`Unknown program ${unknown}. Programs: ${known.join(", ")}.`);
    const chosen = PROGRAMS.filter(({ name }) => given.names.includes(name));
    return { programs: given.names.length === 0 ? PROGRAMS : chosen, options: given };
  } catch (error) {
    console.error(`${(error as Error).message}\npnpm soak [program …]  ${USAGE}  --record`);
    process.exit(2);
  }
}
