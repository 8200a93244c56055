const REDRAW_MS = 100;
const TELL_MS = 10_000;

/** Told how far a program is. */
export interface Progress {
  show(done: number, total: number, unit: string): void;
  clear(): void;
}

export const SILENT: Progress = { show() {}, clear() {} };

/** One line that changes on a terminal, and a line now and then elsewhere. */
export class ProgressLine implements Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #title: string;
  readonly #started = performance.now();
  #toldAt: number;

  constructor(stream: NodeJS.WriteStream, title: string) {
    this.#stream = stream;
    this.#title = title;
    this.#toldAt = stream.isTTY ? -Infinity : this.#started;
  }

  show(done: number, total: number, unit: string): void {
    const now = performance.now();
    if (now - this.#toldAt < (this.#stream.isTTY ? REDRAW_MS : TELL_MS)) return;
    this.#toldAt = now;
    const seconds = (now - this.#started) / 1_000;
    const left =
      done === 0 ? "" : `, about ${spellSeconds((seconds / done) * (total - done))} left`;
    const text = `${this.#title}: ${spellNumber(done)} of ${spellNumber(total)} ${unit}, ${spellSeconds(seconds)}${left}`;
    if (!this.#stream.isTTY) this.#stream.write(`${text}\n`);
    else this.#stream.write(`\r\u001B[2K${text.slice(0, (this.#stream.columns ?? 80) - 1)}`);
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001B[2K");
  }
}

export function spellNumber(number: number): string {
  return number.toLocaleString("en", { maximumFractionDigits: number < 100 ? 2 : 0 });
}

export function spellSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = Math.floor(seconds % 60)
    .toString()
    .padStart(2, "0");
  return `${minutes}:${rest} min`;
}
