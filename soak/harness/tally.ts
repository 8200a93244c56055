import type { Storage } from "@syntha/core";
import type { Survived } from "../children/survivor.ts";
import { Fold } from "./fold.ts";
import type { Run } from "./run.ts";

/** What processes were answered to their writes, to be held against the log. */
export class Tally {
  readonly #run: Run;
  readonly #fold = new Fold("soak");
  readonly #wrote = new Map<string, number>();
  readonly #failed = new Set<string>();
  readonly #logged = new Map<string, number>();
  /** Those that were not looked for in the log yet. */
  #unseen: string[] = [];
  /** What each process' watch was told in the end. */
  readonly #watches: (Survived & { readonly type: "watched" })[] = [];
  #doubled = 0;
  unknown = 0;
  /** When the last write was acknowledged. */
  lastWrote = 0;

  constructor(run: Run) {
    this.#run = run;
  }

  get acknowledged(): number {
    return this.#wrote.size;
  }

  get failed(): number {
    return this.#failed.size;
  }

  hear(message: Survived): void {
    switch (message.type) {
      case "wrote":
        this.#wrote.set(message.id, message.revision);
        this.#unseen.push(message.id);
        this.lastWrote = performance.now();
        break;
      case "failed":
        this.#failed.add(message.id);
        break;
      case "unknown":
        this.unknown++;
        break;
      case "odd":
        this.#run.breach(`write ${message.id}: ${message.error}`);
        break;
      case "watched":
        this.#watches.push(message);
        break;
      case "ready":
        break;
    }
  }

  /** Whether all that was acknowledged by now is in the log, and nothing that failed; gives how much was lost. */
  async judge(storage: Storage): Promise<{ lost: number; ghosts: number }> {
    const acknowledged = this.#unseen;
    this.#unseen = [];
    await this.#fold.read(storage, ({ change, position }) => {
      if (change.type !== "put") return;
      const id = JSON.parse(change.after.value ?? "null") as string;
      if (this.#logged.has(id)) this.#doubled++;
      this.#logged.set(id, position);
    });
    const lost = acknowledged.filter((id) => this.#logged.get(id) !== this.#wrote.get(id));
    const ghosts = [...this.#failed].filter((id) => this.#logged.has(id));
    const { gaps } = this.#fold;
    const expect = this.#run.expect.bind(this.#run);
    expect(lost.length === 0, () => `acknowledged and lost: ${lost.slice(0, 5).join(", ")}`);
    expect(ghosts.length === 0, () => `told as failed, and there: ${ghosts.slice(0, 5).join()}`);
    expect(this.#doubled === 0, () => `${this.#doubled} writes are there twice`);
    expect(gaps === 0, () => `${gaps} gaps in the log`);
    return { lost: lost.length, ghosts: ghosts.length };
  }

  /** The same when nobody writes any more, and whether the state is what the log comes to. */
  async judgeAll(storage: Storage): Promise<{ lost: number; ghosts: number }> {
    const judged = await this.judge(storage);
    const difference = await this.#fold.difference(storage);
    this.#run.expect(difference === undefined, () => String(difference));
    for (const { puts, last } of this.#watches) {
      const due = [...this.#logged.values()].filter((position) => position <= last).length;
      this.#run.expect(puts === due, () => `a watch was told ${puts} of ${due} puts`);
    }
    return judged;
  }
}
