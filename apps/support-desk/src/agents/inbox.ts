import type { ItemState } from "@syntha/core";

import { changesFor } from "./changes.ts";
import type { Colleague } from "./colleague.ts";
import { Nudge } from "./nudge.ts";

/** Letters that are handed on together: one call reads them all. */
const MOST_TOGETHER = 50;
const LOOK_EVERY_MS = 500;

export type Letter = { key: string; state: ItemState };

/** What is addressed to an agent: first what is there already, then what comes. */
export class Inbox {
  readonly #who: Colleague;
  readonly #prefix: string;
  readonly #arrived: Letter[] = [];
  readonly #nudge = new Nudge();
  #hasRoom: (() => void) | undefined;

  constructor(who: Colleague, prefix: string) {
    this.#who = who;
    this.#prefix = prefix;
  }

  /** Batches of letters, until the signal; an empty one now and then, so that the reader can look after old ones. */
  async *letters(signal: AbortSignal): AsyncGenerator<readonly Letter[]> {
    signal.addEventListener("abort", this.#nudge.now, { once: true });
    let failure: { cause: unknown } | undefined;
    const listening = this.#listen(signal).catch((cause: unknown) => {
      failure = { cause };
      this.#nudge.now();
    });
    while (!signal.aborted) {
      if (this.#arrived.length === 0) await this.#nudge.sleep(LOOK_EVERY_MS);
      if (failure !== undefined) throw failure.cause;
      if (signal.aborted) break;
      yield this.#arrived.splice(0, MOST_TOGETHER);
      this.#hasRoom?.();
    }
    this.#hasRoom?.();
    await listening;
  }

  async #listen(signal: AbortSignal): Promise<void> {
    for await (const change of changesFor(this.#who.agent, { initial: true, signal })) {
      if (change.type !== "put" || !change.item.key.startsWith(this.#prefix)) continue;
      this.#arrived.push({ key: change.item.key, state: change.item.state });
      this.#nudge.now();
      if (this.#arrived.length >= MOST_TOGETHER && !signal.aborted) {
        await new Promise<void>((resolve) => {
          this.#hasRoom = resolve;
        });
      }
    }
  }
}
