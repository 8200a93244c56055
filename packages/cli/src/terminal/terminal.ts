import { toSafeJson, toSafeLine, visibleLines } from "./escape.ts";
import { COLORS, type Paint, PLAIN, wantsColor } from "./paint.ts";

/** What is used of a stream. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
  /** For `drain`, which a stream emits after `write` has returned false. */
  once?(event: "drain", listener: () => void): unknown;
}

const DEFAULT_WIDTH = 80;
const MIN_WIDTH = 40;

/** A stream that people read. */
export class Terminal {
  readonly paint: Paint;
  readonly isTTY: boolean;
  readonly #stream: OutputStream;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #signal: AbortSignal | undefined;

  /** @param signal ends what waits for the stream's reader */
  constructor(
    stream: OutputStream,
    env: Readonly<Record<string, string | undefined>>,
    signal?: AbortSignal,
  ) {
    this.#stream = stream;
    this.#env = env;
    this.#signal = signal;
    this.isTTY = stream.isTTY === true;
    this.paint = wantsColor(stream, env) ? COLORS : PLAIN;
  }

  /** Columns: those of the terminal, which may be resized; else those of COLUMNS. @default 80 */
  get width(): number {
    const columns = this.#stream.columns ?? Number(this.#env["COLUMNS"]);
    return Number.isSafeInteger(columns) && columns > 0
      ? Math.max(MIN_WIDTH, columns)
      : DEFAULT_WIDTH;
  }

  /** Writes lines, and lists of lines. */
  print(...lines: readonly (string | readonly string[])[]): void {
    const all = lines.flat();
    if (all.length > 0) this.write(`${all.join("\n")}\n`);
  }

  /** Writes a value as a line of JSON. */
  json(value: unknown): void {
    this.print(toSafeJson(value));
  }

  /** Writes values as lines of JSON, as fast as their reader reads. */
  async jsonAll(values: Iterable<unknown>): Promise<void> {
    for (const value of values) await this.stream(`${toSafeJson(value)}\n`);
  }

  /** Writes a value for another program: a string as it is, unless a terminal shows it. */
  raw(value: unknown): void {
    if (typeof value !== "string") return this.json(value);
    if (this.isTTY) return this.print(visibleLines(value));
    this.#stream.write(`${value}\n`);
  }

  /** Writes data for another program, as fast as it reads. */
  async stream(text: string): Promise<void> {
    if (this.isTTY) return this.write(toSafeLine(text));
    if (this.#stream.write(text) === false) await this.#drained();
  }

  /** Resolves when the reader has read, or the signal aborts: a reader may never read on. */
  async #drained(): Promise<void> {
    if (this.#stream.once === undefined || this.#signal?.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => resolve();
    this.#stream.once("drain", end);
    this.#signal?.addEventListener("abort", end, { once: true });
    await promise;
    this.#signal?.removeEventListener("abort", end);
  }

  /** Whatever the text has, nothing but line breaks and our colours reaches the terminal as a control. */
  write(text: string): void {
    this.#stream.write(text.replace(this.paint === PLAIN ? CONTROLS : CONTROLS_BUT_COLORS, ""));
  }

  /** Replaces the line that it drew before; for a terminal only. */
  redraw(line: string): void {
    if (!this.isTTY) return;
    this.#stream.write("\r\u001b[2K");
    this.write(line);
  }
}

const CONTROLS = /(?!\n)\p{Cc}/gu;
// oxlint-disable-next-line no-control-regex
const CONTROLS_BUT_COLORS = /\u001b(?!\[[\d;]*m)|(?![\n\u001b])\p{Cc}/gu;
