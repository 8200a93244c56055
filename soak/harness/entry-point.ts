import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { StorageKind } from "./database.ts";
import { formatBreaches, formatResult } from "./format.ts";
import { readOptions, type SoakOptions, USAGE } from "./options.ts";
import { stopPostgres } from "./postgres-database.ts";
import type { Program } from "./program.ts";
import { ProgressLine } from "./progress.ts";
import { execute, type Result } from "./run.ts";

/** Runs a program when its file is the entry point of this process. */
export async function runIfMain(file: string, program: Program): Promise<void> {
  const [, main] = process.argv;
  if (main === undefined || realpathSync(main) !== fileURLToPath(file)) return;
  const { storages, name } = program;
  const options = optionsOrExit(`Options: ${USAGE}`, (given) => {
    if (given.storage !== undefined && !storages.includes(given.storage))
      throw new Error(`${name} runs on ${storages.join(" and ")}.`);
  });
  const preferred = storages.find((kind) => kind === "sqlite") ?? storages[0];
  await runAndPrint(program, options, options.storage ?? (preferred as StorageKind));
  await stopPostgres();
}

/** Runs a program and prints its result; the exit code is 1 if the guarantee was broken. */
export async function runAndPrint(
  program: Program,
  options: SoakOptions,
  storage: StorageKind,
): Promise<Result> {
  const line = new ProgressLine(process.stderr, `${program.name} on ${storage}`);
  const result = await execute(program, { ...options, storage }, line);
  console.log(formatResult(result));
  if (result.breaches.length > 0) {
    console.error(formatBreaches(result));
    process.exitCode = 1;
  }
  return result;
}

/** The options of the command line; prints the usage and exits if they are invalid. */
export function optionsOrExit(usage: string, check: (options: SoakOptions) => void): SoakOptions {
  try {
    const options = readOptions(process.argv.slice(2));
    check(options);
    return options;
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}
