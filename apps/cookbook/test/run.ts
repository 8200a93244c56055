import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The cookbook as users start it, in a process of its own; without what this machine's environment may name. */
export function cookbook(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const { DATABASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL, ...own } = process.env;
  void [DATABASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL];
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ["--conditions=@syntha/source", main, ...args],
      { timeout: 60_000, env: { ...own, ...env } },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
