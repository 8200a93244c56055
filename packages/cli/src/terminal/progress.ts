import type { Terminal } from "./terminal.ts";
import { count } from "./age.ts";

const BAR = 24;
const REDRAW_MS = 100;

/** A bar on standard error for work that takes long; it shows nothing unless that is a terminal. */
export class Progress implements Disposable {
  readonly #terminal: Terminal;
  readonly #title: string;
  #drawnAt = 0;

  constructor(terminal: Terminal, title: string) {
    this.#terminal = terminal;
    this.#title = title;
  }

  /** @param total about how many there are, if that is known */
  update(done: number, total: number | undefined, what: string): void {
    if (!this.#terminal.isTTY || Date.now() - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = Date.now();
    const { paint } = this.#terminal;
    const share = total === undefined || total === 0 ? undefined : Math.min(1, done / total);
    const full = Math.round((share ?? 0) * BAR);
    const bar = `${"█".repeat(full)}${paint("dim", "░".repeat(BAR - full))}`;
    const percent = share === undefined ? "" : ` ${Math.floor(share * 100)} %`;
    const amount =
      total === undefined
        ? count(done, what)
        : `${count(done, what)} of ${total.toLocaleString("en-US")}`;
    this.#terminal.redraw(`${this.#title} ${bar}${percent}  ${paint("dim", amount)}`);
  }

  [Symbol.dispose](): void {
    if (this.#drawnAt > 0) this.#terminal.redraw("");
    this.#drawnAt = 0;
  }
}
