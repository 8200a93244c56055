import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readOptions, type SoakOptions, USAGE } from "./options.ts";
import { stopPostgres } from "./postgres-site.ts";
import type { Program } from "./program.ts";
import { ProgressLine } from "./progress.ts";
import { execute } from "./run.ts";
import { spellBreaches, spellResult } from "./verdict.ts";

/** Runs a program when its own file is what Node was told to run. */
export async function alone(file: string, program: Program): Promise<void> {
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
  console.log(spellResult(result));
  if (result.breaches.length === 0) return;
  console.error(spellBreaches(result));
  process.exitCode = 1;
}
