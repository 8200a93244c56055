import type { DeskProgress } from "../desk/desk.ts";
import { printable, toText } from "../report/format.ts";
import { fit, wrap } from "../report/text-width.ts";
import { type Styler, TERMINAL_COLUMNS } from "../report/to-terminal.ts";

const REDRAW_MS = 100;
const LINE_MS = 5_000;

/** How much is done: one line that changes on a terminal, and a line now and then elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #style: Styler;
  readonly #started = performance.now();
  #before: number | undefined;
  #shownAt: number;

  constructor(stream: NodeJS.WriteStream, style: Styler) {
    this.#stream = stream;
    this.#style = style;
    this.#shownAt = stream.isTTY ? -Infinity : this.#started;
  }

  readonly show = (progress: DeskProgress): void => {
    const now = performance.now();
    this.#before ??= progress.answered;
    if (now - this.#shownAt < (this.#stream.isTTY ? REDRAW_MS : LINE_MS)) return;
    this.#shownAt = now;
    const text = this.#spell(progress, (now - this.#started) / 1_000);
    if (!this.#stream.isTTY) return this.say(text);
    // Some terminals say that they have no columns.
    const columns = Math.min(this.#stream.columns || TERMINAL_COLUMNS, TERMINAL_COLUMNS) - 1;
    this.#stream.write(`\r\u001B[2K${this.#style("dim", fit(text, columns))}`);
  };

  /** A line that stays. */
  readonly say = (text: string): void => {
    this.clear();
    this.#stream.write(`${wrap(printable(text), TERMINAL_COLUMNS).join("\n")}\n`);
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
