const REDRAW_MS = 100;
const LOG_MS = 10_000;

/** Displays the progress of a program. */
export interface Progress {
  show(done: number, total: number, unit: string): void;
  clear(): void;
}

export const SILENT: Progress = { show() {}, clear() {} };

/** One line that is redrawn on a terminal, and a line every 10 s elsewhere. */
export class ProgressLine implements Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #title: string;
  readonly #started = performance.now();
  #shownAt: number;

  constructor(stream: NodeJS.WriteStream, title: string) {
    this.#stream = stream;
    this.#title = title;
    this.#shownAt = stream.isTTY ? -Infinity : this.#started;
  }

  show(done: number, total: number, unit: string): void {
    const now = performance.now();
    if (now - this.#shownAt < (this.#stream.isTTY ? REDRAW_MS : LOG_MS)) return;
    this.#shownAt = now;
    const seconds = (now - this.#started) / 1_000;
    const left =
      done === 0 ? "" : `, about ${formatSeconds((seconds / done) * (total - done))} left`;
    const text = `${this.#title}: ${formatNumber(done)} of ${formatNumber(total)} ${unit}, ${formatSeconds(seconds)}${left}`;
    if (!this.#stream.isTTY) this.#stream.write(`${text}\n`);
    else this.#stream.write(`\r\u001B[2K${text.slice(0, (this.#stream.columns ?? 80) - 1)}`);
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001B[2K");
  }
}

export function formatNumber(number: number): string {
  return number.toLocaleString("en", { maximumFractionDigits: number < 100 ? 2 : 0 });
}

export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = Math.floor(seconds % 60)
    .toString()
    .padStart(2, "0");
  return `${minutes}:${rest} min`;
}
