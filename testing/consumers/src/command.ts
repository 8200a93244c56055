import { execFile } from "node:child_process";
import { isAbsolute } from "node:path";

export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Written to its standard input. */
  input?: string;
  timeoutMs?: number;
}

/** Runs a program until it exits. @returns its output @throws Error with both streams if it fails */
export function command(
  file: string,
  args: readonly string[],
  { cwd, env, input, timeoutMs = 240_000 }: CommandOptions = {},
): Promise<string> {
  const options = {
    cwd,
    env: { ...process.env, ...env },
    timeout: timeoutMs,
    maxBuffer: 2 ** 26,
    // On Windows npm and npx are .cmd files, which only a shell starts; it would split a path at spaces.
    shell: process.platform === "win32" && !isAbsolute(file),
  };
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const output = `${stdout}${stderr || error.message}`;
      reject(new Error(`${file} ${args.join(" ")} failed:\n${output}`.trim()));
    });
    child.stdin?.end(input ?? "");
  });
}
