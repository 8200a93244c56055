/**
 * `pnpm soak` runs every program on every storage; `pnpm soak kill cas --storage sqlite` runs two on SQLite. A run of all
 * programs at full count, or with `--record`, updates docs/reliability.md.
 */
import { writeFileSync } from "node:fs";
import { optionsOrExit, runAndPrint } from "./harness/entry-point.ts";
import { USAGE } from "./harness/options.ts";
import { renderPage } from "./harness/page.ts";
import { stopPostgres } from "./harness/postgres-database.ts";
import { recordResult } from "./harness/results.ts";
import { PROGRAMS } from "./programs.ts";

const PAGE = new URL("../docs/reliability.md", import.meta.url);

const options = optionsOrExit(`pnpm soak [program …]  ${USAGE}  --record`, ({ names }) => {
  const known = PROGRAMS.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`Unknown program ${unknown}. Programs: ${known.join(", ")}.`);
});
const { names, storage } = options;
const programs = PROGRAMS.filter(({ name }) => names.length === 0 || names.includes(name));
const isRecorded = options.record || (programs.length === PROGRAMS.length && !options.count);
for (const program of programs) {
  for (const kind of program.storages) {
    if (storage !== undefined && storage !== kind) continue;
    const result = await runAndPrint(program, options, kind);
    if (isRecorded) writeFileSync(PAGE, renderPage(PROGRAMS, recordResult(result)));
  }
}
await stopPostgres();
if (isRecorded) console.log("\nUpdated docs/reliability.md");
