// Runs scripts of the root package one after the other, by pnpm, and stops at the first that fails.
// What follows their names, from the first option on, goes to the last of them.
// Called by npm, it hands the whole command to the pinned pnpm, which installs what is missing:
// so this runs with no dependency there, and on an old Node.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The exit code of what Ctrl-C ended, as shells give it. */
const INTERRUPTED = 130;
// A terminal sends Ctrl-C to every process; what runs here decides how to end, and is waited for.
process.on("SIGINT", () => {});

/** @type {NodeJS.ProcessEnv} */
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
const args = process.argv.slice(2);
const firstOption = args.findIndex((arg) => arg.startsWith("-"));
const names = firstOption < 0 ? args : args.slice(0, firstOption);
const options = firstOption < 0 ? [] : args.slice(firstOption).filter((arg) => arg !== "--");

if (env["npm_config_user_agent"]?.startsWith("pnpm/")) {
  const announced = names.length > 2;
  for (const name of names) {
    if (announced) console.log(`\n▸ ${name}`);
    const started = performance.now();
    const status = run("pnpm", [
      "--silent",
      "run",
      name,
      ...(name === names.at(-1) ? options : []),
    ]);
    if (status === INTERRUPTED) process.exit(status);
    if (status !== 0) {
      console.error(`\n✗ ${name} failed. To run it alone: npx -y pnpm@12.21.0 ${name}`);
      process.exit(status);
    }
    if (announced) console.log(`✓ ${name}, ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
} else {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const { packageManager } = JSON.parse(manifest);
  const script = env["npm_lifecycle_event"] ?? "test";
  process.exit(run("npx", ["-y", packageManager, "run", script, ...options]));
}

/**
 * @param {string} command
 * @param {string[]} commandArgs
 * @returns {number} its exit code
 */
function run(command, commandArgs) {
  // On Windows npx and pnpm are .cmd files, which only a shell starts.
  const shell = process.platform === "win32";
  const { status, signal, error } = spawnSync(command, commandArgs, {
    stdio: "inherit",
    env,
    shell,
  });
  if (error) console.error(`${command} did not start: ${error.message}`);
  return signal === "SIGINT" ? INTERRUPTED : (status ?? 1);
}
