import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nearest } from "./command/nearest.ts";
import { type Recipe, recipes } from "./command/recipes.ts";

const FAILED = 1;
const USAGE_ERROR = 2;
const INTERRUPTED = 130;

function list(): void {
  for (const { name, shows, packages } of recipes)
    console.log(`${name} (${packages.join(", ")})\n  ${shows}`);
  console.log("\npnpm cookbook NAME runs one, pnpm cookbook all runs all.");
}

/** Removes the temporary files of a program, also after an error or Ctrl-C. */
function removeTemporaryFiles(): void {
  const folder = mkdtempSync(join(tmpdir(), "syntha-cookbook-"));
  process.env["TMPDIR"] = process.env["TEMP"] = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  process.on("SIGINT", () => {
    // A program with its own listener shuts down itself.
    if (process.listenerCount("SIGINT") === 1) process.exit(INTERRUPTED);
  });
}

async function run({ shows, lookAt, file }: Recipe): Promise<void> {
  removeTemporaryFiles();
  console.log(`Shows: ${shows}.\nLook at: ${lookAt}\n`);
  await import(file.href);
}

/** Runs each program in a separate process. Returns the names of those that failed. */
async function runAll(): Promise<string[]> {
  const failed: string[] = [];
  for (const { name } of recipes) {
    console.log(`\n━━━ ${name}`);
    const child = spawn(process.execPath, [...process.execArgv, program, name], {
      stdio: "inherit",
    });
    const [code] = await once(child, "exit");
    if (code !== 0) failed.push(name);
  }
  return failed;
}

const program = fileURLToPath(import.meta.url);
// Script runners pass on the "--" before these arguments.
const [name, ...rest] = process.argv.slice(2).filter((arg) => arg !== "--");
const recipe = recipes.find((each) => each.name === name);

if (name === undefined || name === "list" || name === "--help") list();
else if (name === "all") {
  const failed = await runAll();
  console.log(
    failed.length === 0 ? `\nAll ${recipes.length} succeeded.` : `\nFailed: ${failed.join(", ")}`,
  );
  if (failed.length > 0) process.exitCode = FAILED;
} else if (recipe === undefined) {
  const names = recipes.map((each) => each.name);
  console.error(`Unknown program "${name}". Similar: ${nearest(name, names).join(", ")}.`);
  console.error("Run without a name to list all.");
  process.exitCode = USAGE_ERROR;
} else {
  process.argv = [...process.argv.slice(0, 2), ...rest];
  await run(recipe);
}
