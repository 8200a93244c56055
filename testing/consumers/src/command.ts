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
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      {
        cwd,
        env: { ...process.env, ...env },
        timeout: timeoutMs,
        maxBuffer: 2 ** 26,
        // On Windows npm and npx are .cmd files, which only a shell starts; it would split a path at spaces.
        shell: process.platform === "win32" && !isAbsolute(file),
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else
          reject(
            new Error(
              `${file} ${args.join(" ")} failed:\n${stdout}${stderr || error.message}`.trim(),
            ),
          );
      },
    );
    child.stdin?.end(input ?? "");
  });
}
