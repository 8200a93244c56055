// Runs the named scripts of the root package one after the other, by pnpm, and stops at the first that fails.
// What follows the names (from the first option on) goes to the last of them.
// Called by npm, it hands the whole command to the pinned pnpm, which installs what is missing.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
const runningInPnpm = (env.npm_config_user_agent ?? "").startsWith("pnpm/");
const args = process.argv.slice(2);

if (runningInPnpm) {
  const firstOption = args.findIndex((arg) => arg.startsWith("-"));
  const names = firstOption < 0 ? args : args.slice(0, firstOption);
  const options = firstOption < 0 ? [] : args.slice(firstOption).filter((arg) => arg !== "--");
  for (const name of names) {
    const isLast = name === names.at(-1);
    if (names.length > 2) console.log(`\n▸ ${name}`);
    const started = performance.now();
    exitUnlessDone(run("pnpm", ["--silent", "run", name, ...(isLast ? options : [])]), name);
    if (names.length > 2) console.log(`  ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
} else {
  const { packageManager } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const scriptArgs = args.slice(args.findIndex((arg) => arg.startsWith("-")) >>> 0);
  exitUnlessDone(run("npx", ["-y", packageManager, "run", env.npm_lifecycle_event, ...scriptArgs]));
}

function run(command, commandArgs) {
  // npx and pnpm are .cmd files on Windows, which only a shell starts.
  return spawnSync(command, commandArgs, { stdio: "inherit", env, shell: process.platform === "win32" });
}

function exitUnlessDone({ status, error }, name) {
  if (error) console.error(`Could not start it: ${error.message}`);
  if (status === 0) return;
  if (name) console.error(`\n✗ ${name} failed. Run it alone: pnpm ${name}`);
  process.exit(status ?? 1);
}
