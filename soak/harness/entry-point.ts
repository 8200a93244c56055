import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatBreaches, formatResult } from "./format.ts";
import { readOptions, type SoakOptions, USAGE } from "./options.ts";
import { stopPostgres } from "./postgres-database.ts";
import type { Program } from "./program.ts";
import { ProgressLine } from "./progress.ts";
import { execute } from "./run.ts";

/** Runs a program when its file is the entry point of this process. */
export async function runIfMain(file: string, program: Program): Promise<void> {
  const [, main] = process.argv;
  if (main === undefined || realpathSync(main) !== fileURLToPath(file)) return;
  let options: SoakOptions;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\nOptions: ${USAGE}`);
    process.exit(2);
  }
  const [first] = program.storages;
  const storage = options.storage ?? (program.storages.includes("sqlite") ? "sqlite" : first);
  if (storage === undefined || !program.storages.includes(storage)) {
    console.error(`${program.name} runs on ${program.storages.join(" and ")}.`);
    process.exit(2);
  }
  const line = new ProgressLine(process.stderr, `${program.name} on ${storage}`);
  const result = await execute(program, { ...options, storage }, line);
  await stopPostgres();
  console.log(formatResult(result));
  if (result.breaches.length === 0) return;
  console.error(formatBreaches(result));
  process.exitCode = 1;
}
