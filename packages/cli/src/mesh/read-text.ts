import { UsageError } from "@syntha/mcp/storage";
import type { Cli } from "../cli.ts";
import { untilInterrupted } from "../interrupt.ts";

/**
 * All of standard input as text, without the line break at its end.
 * @throws Interrupted; UsageError if it is not UTF-8
 */
export async function readText({ stdin, signal }: Pick<Cli, "stdin" | "signal">): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  try {
    for await (const chunk of untilEnd(stdin, signal))
      text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    return (text + decoder.decode()).replace(/\r?\n$/, "");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError("Standard input is not text in UTF-8.");
  }
}

/** The pieces of an input, which may never end. @throws Interrupted */
export async function* untilEnd<T>(
  input: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  const pieces = input[Symbol.asyncIterator]();
  try {
    for (;;) {
      const piece = await untilInterrupted(signal, pieces.next());
      if (piece.done) return;
      yield piece.value;
    }
  } finally {
    // It may never answer.
    void pieces.return?.()?.catch?.(() => undefined);
  }
}
