import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SYNTHA = fileURLToPath(new URL("../../../cli/dist/main.js", import.meta.url));
const execute = promisify(execFile);

/** The arguments that a POSIX shell passes to `syntha` for a command line. */
export async function argumentsOf(line: string): Promise<readonly string[]> {
  const script = `syntha() { printf '%s\\0' "$@"; }\n${line}`;
  const { stdout } = await execute("/bin/sh", ["-c", script]);
  return stdout.split("\0").slice(0, -1);
}

/** Runs a command line in a POSIX shell, with the real `syntha` on a SQLite file. */
export async function runSyntha(line: string, path: string): Promise<void> {
  const script = `syntha() { "$NODE" "$SYNTHA" "$@"; }\n${line}`;
  const env = { NODE: process.execPath, SYNTHA, SYNTHA_STORAGE: `sqlite:${path}` };
  await execute("/bin/sh", ["-c", script], { env: { ...process.env, ...env } });
}
