import { run } from "../../src/run.ts";

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** On standard input. */
  readonly input?: string | Uint8Array | ReadableStream<string> | undefined;
  /** Columns of a terminal, which standard output then is. */
  readonly terminal?: number;
  readonly signal?: AbortSignal;
  /** Called with each piece of standard output. */
  readonly onOutput?: (text: string) => void;
  /** Called with each piece of standard error. */
  readonly onError?: (text: string) => void;
}

/** Runs a command line in this process. */
export async function syntha(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { env = {}, cwd = "/", input = "", terminal, onOutput } = options;
  let [out, err] = ["", ""];
  const stdout = {
    isTTY: terminal !== undefined,
    columns: terminal,
    write: (text: string) => {
      out += text;
      onOutput?.(text);
    },
  };
  const code = await run(args, {
    stdout,
    stderr: {
      write: (text) => {
        err += text;
        options.onError?.(text);
      },
    },
    stdin: stdinOf(input),
    env: { HOME: cwd, USER: "ann", ...env },
    cwd,
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, out, err };
}

async function* stdinOf(
  input: string | Uint8Array | ReadableStream<string>,
): AsyncGenerator<string | Uint8Array> {
  if (input instanceof ReadableStream) yield* input;
  else yield input;
}

/** Runs command lines on one storage. */
export function synthaOn(storage: string, options: RunOptions = {}) {
  const env = { SYNTHA_STORAGE: storage, ...options.env };
  return (...args: readonly string[]): Promise<Ended> => syntha(args, { ...options, env });
}

/** The values that a command printed as lines of JSON. */
export function linesOf(out: string): unknown[] {
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}
