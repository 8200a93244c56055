// Runs scripts of the root package in order with pnpm, and stops at the first failure.
// Options after the names are passed to the last script.
// If npm runs it, it passes the command to the pinned pnpm, which installs missing dependencies. It therefore needs no
// dependency, and supports old versions of Node.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The exit code after Ctrl-C, as in shells. */
const INTERRUPTED = 130;
// A terminal sends Ctrl-C to every process; this one waits until the script exits.
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
