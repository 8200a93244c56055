import type { DeskProgress } from "../desk/desk.ts";
import { toText } from "../report/section.ts";
import type { Styler } from "../report/to-terminal.ts";

const REDRAW_MS = 100;
const TELL_MS = 5_000;

/** How far the desk is: one line that changes on a terminal, and a line now and then elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #style: Styler;
  readonly #started = performance.now();
  #before: number | undefined;
  #toldAt: number;

  constructor(stream: NodeJS.WriteStream, style: Styler) {
    this.#stream = stream;
    this.#style = style;
    this.#toldAt = stream.isTTY ? -Infinity : this.#started;
  }

  readonly show = (progress: DeskProgress): void => {
    const now = performance.now();
    this.#before ??= progress.answered;
    if (now - this.#toldAt < (this.#stream.isTTY ? REDRAW_MS : TELL_MS)) return;
    this.#toldAt = now;
    const text = this.#spell(progress, (now - this.#started) / 1_000);
    const isWide = text.length < (this.#stream.columns ?? 80);
    if (!this.#stream.isTTY) this.#stream.write(`${text}\n`);
    else this.#stream.write(`\r\u001B[2K${this.#style("dim", isWide ? text : text.slice(0, 79))}`);
  };

  /** A line that stays. */
  readonly say = (line: string): void => {
    this.clear();
    this.#stream.write(`${line}\n`);
  };

  /** Takes the line away. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001B[2K");
  }

  #spell({ total, triaged, answered, specialists }: DeskProgress, seconds: number): string {
    const rate = (answered - (this.#before ?? 0)) / seconds;
    return `${toText(answered)} of ${toText(total)} answered, ${toText(triaged)} triaged, ${toText(rate)}/s, ${specialists} specialists`;
  }
}
