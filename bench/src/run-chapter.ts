import { fork } from "node:child_process";
import { once } from "node:events";
import type { Chapter, Line } from "./figure.ts";

const PROGRAM = new URL("chapter-process.ts", import.meta.url);

/**
 * Runs a chapter in a separate process, so that its memory and its compiled code do not affect other chapters. Yields its
 * lines as they are printed.
 */
export async function* runChapter({ title }: Chapter): AsyncGenerator<Line> {
  const child = fork(PROGRAM, [title], { execArgv: process.execArgv });
  const lines: Line[] = [];
  let wake: (() => void) | undefined;
  child.on("message", (line) => {
    lines.push(line as Line);
    wake?.();
  });
  let code: number | undefined;
  void once(child, "close").then(([exit]) => {
    code = exit ?? 1;
    wake?.();
  });
  for (;;) {
    yield* lines.splice(0);
    if (code === 0) return;
    if (code !== undefined) throw new Error(`"${title}" ended with code ${code}.`);
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}
