import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

export interface CookbookRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the cookbook as a user starts it, in a separate process, until it exits. */
export async function cookbook(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<CookbookRun> {
  const child = startCookbook(args, env);
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  const [code] = (await once(child, "close")) as [number | null];
  return { code: code ?? -1, stdout: await stdout, stderr: await stderr };
}

/** Unsets what this machine's own environment may name. */
export const NO_SERVICES: NodeJS.ProcessEnv = {
  DATABASE_URL: undefined,
  OPENAI_API_KEY: undefined,
  OPENAI_BASE_URL: undefined,
};

export function startCookbook(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...NO_SERVICES, ...env },
  });
}
