import { SynthaError } from "@syntha/core";
import { UsageError } from "@syntha/mcp/storage";
import type { Cli } from "../cli.ts";

/**
 * All of standard input as text, without the line break at its end.
 * @throws ABORTED by Ctrl-C; UsageError if it is not UTF-8
 */
export async function readText({ stdin, signal }: Pick<Cli, "stdin" | "signal">): Promise<string> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void =>
    aborted.reject(new SynthaError("ABORTED", "Reading standard input was aborted."));
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([readAll(stdin), aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function readAll(stream: Cli["stdin"]): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  try {
    for await (const chunk of stream)
      text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    return (text + decoder.decode()).replace(/\r?\n$/, "");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError("Standard input is not text in UTF-8.");
  }
}
