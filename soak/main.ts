/**
 * `pnpm soak` runs every program on every storage; `pnpm soak kill cas --storage sqlite` runs two on SQLite. A run of all
 * programs at full count, or with `--record`, updates docs/reliability.md.
 */
import { writeFileSync } from "node:fs";
import { formatBreaches, formatResult } from "./harness/format.ts";
import { readOptions, type SoakOptions, USAGE } from "./harness/options.ts";
import { renderPage } from "./harness/page.ts";
import { stopPostgres } from "./harness/postgres-database.ts";
import { progressLines } from "./harness/progress.ts";
import { recordResult } from "./harness/results.ts";
import { execute } from "./harness/run.ts";
import { PROGRAMS } from "./programs.ts";

const PAGE = new URL("../docs/reliability.md", import.meta.url);

const options = optionsOrExit();
const { names, storage } = options;
const programs = PROGRAMS.filter(({ name }) => names.length === 0 || names.includes(name));
const isRecorded = options.record || (programs.length === PROGRAMS.length && !options.count);
for (const program of programs) {
  const missing = program.unavailable?.();
  if (missing !== undefined) {
    console.log(`${program.name}: skipped (${missing})`);
    continue;
  }
  for (const kind of program.storages) {
    if (storage !== undefined && storage !== kind) continue;
    const show = progressLines(`${program.name} on ${kind}`, program.unit);
    const result = await execute(program, { ...options, storage: kind }, show);
    console.log(formatResult(result));
    if (result.breaches.length > 0) {
      console.error(formatBreaches(result));
      process.exitCode = 1;
    }
    if (isRecorded) writeFileSync(PAGE, renderPage(PROGRAMS, recordResult(result)));
  }
}
await stopPostgres();
if (isRecorded) console.log("\nUpdated docs/reliability.md");

/** The options of the command line; prints the usage and exits if they are invalid. */
function optionsOrExit(): SoakOptions {
  try {
    return readOptions(
      process.argv.slice(2),
      PROGRAMS.map(({ name }) => name),
    );
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}
