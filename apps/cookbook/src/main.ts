import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { nearest } from "./command/nearest.ts";
import { type Recipe, recipes } from "./command/recipes.ts";
import { printTable } from "./print/table.ts";

const FAILED = 1;
const MISUSED = 2;
const BOTH_STORAGES = "storage-postgres, storage-sqlite";

function list(): void {
  printTable(
    recipes.map(({ name, shows, packages }) => ({
      name,
      "what it shows": shows,
      "packages of @syntha": packages.join(", ").replace(BOTH_STORAGES, "storage-*"),
    })),
  );
  console.log("\npnpm cookbook NAME runs one, pnpm cookbook all runs all.");
}

async function run({ shows, lookAt, file }: Recipe): Promise<void> {
  console.log(`Shows: ${shows}.\nLook at: ${lookAt}\n`);
  await import(file.href);
}

/** Each in a process of its own, as if it were run alone. Gives the names of those that failed. */
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
// Script runners hand on the "--" that stands between their options and ours.
const [name, ...rest] = process.argv.slice(2).filter((arg) => arg !== "--");
const recipe = recipes.find((each) => each.name === name);

if (name === undefined || name === "list" || name === "--help") list();
else if (name === "all") {
  const failed = await runAll();
  console.log(
    failed.length === 0 ? `\nAll ${recipes.length} ran.` : `\nFailed: ${failed.join(", ")}`,
  );
  if (failed.length > 0) process.exitCode = FAILED;
} else if (recipe === undefined) {
  const names = recipes.map((each) => each.name);
  console.error(`There is no "${name}". Nearest: ${nearest(name, names).join(", ")}.`);
  console.error("Without a name, all of them are listed.");
  process.exitCode = MISUSED;
} else {
  process.argv = [...process.argv.slice(0, 2), ...rest];
  await run(recipe);
}
