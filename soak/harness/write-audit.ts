import { setTimeout as pause } from "node:timers/promises";
import type { Storage } from "@syntha/core";
import type { Survived } from "../children/survivor.ts";
import type { Child } from "./child.ts";
import { LogReplay } from "./log-replay.ts";
import type { Figures, Run } from "./run.ts";

/** Compares the outcomes of writes, as processes reported them, with the log. */
export class WriteAudit {
  readonly #run: Run;
  readonly #replay = new LogReplay("soak");
  readonly #wrote = new Map<string, number>();
  readonly #failed = new Set<string>();
  readonly #logged = new Map<string, number>();
  /** Acknowledged writes that were not compared with the log yet. */
  #unverified: string[] = [];
  /** What the watch of each process received in the end. */
  readonly #watches: (Survived & { readonly type: "watched" })[] = [];
  #duplicates = 0;
  #lost = 0;
  #storedFailures = 0;
  #unknown = 0;
  /** When the last write was acknowledged, by `performance.now()`. */
  #lastWrote = 0;

  constructor(run: Run) {
    this.#run = run;
  }

  get figures(): Figures {
    return {
      "writes acknowledged": this.#wrote.size,
      lost: this.#lost,
      "reported as failed": this.#failed.size,
      "reported as failed but stored": this.#storedFailures,
      "reported as UNKNOWN_OUTCOME": this.#unknown,
    };
  }

  /** Waits for the next acknowledged write; returns the time until then in milliseconds, or Infinity if there is none. */
  async nextWrite(timeoutMs: number, child?: Child): Promise<number> {
    const start = performance.now();
    while (this.#lastWrote <= start) {
      if (child?.hasEnded || performance.now() - start >= timeoutMs) return Infinity;
      await pause(2);
    }
    return this.#lastWrote - start;
  }

  record(message: Survived): void {
    switch (message.type) {
      case "wrote":
        this.#wrote.set(message.id, message.revision);
        this.#unverified.push(message.id);
        this.#lastWrote = performance.now();
        break;
      case "failed":
        this.#failed.add(message.id);
        break;
      case "unknown":
        this.#unknown++;
        break;
      case "unexpected":
        this.#run.breach(`write ${message.id}: ${message.error}`);
        break;
      case "watched":
        this.#watches.push(message);
        break;
      case "ready":
        break;
    }
  }

  /** Verifies that the log has every acknowledged write so far, and none that failed. Opens and closes the storage. */
  async verify(storage: Storage): Promise<void> {
    await storage.open();
    await this.#verify(storage);
    await storage.close();
  }

  /** After the last write: also verifies that the state matches the log. */
  async verifyFinal(storage: Storage): Promise<void> {
    await storage.open();
    await this.#verify(storage);
    const difference = await this.#replay.difference(storage);
    await storage.close();
    this.#run.expect(difference === undefined, () => String(difference));
    for (const { puts, last } of this.#watches) {
      const expected = [...this.#logged.values()].filter((position) => position <= last).length;
      this.#run.expect(puts === expected, () => `a watch received ${puts} of ${expected} puts`);
    }
  }

  async #verify(storage: Storage): Promise<void> {
    const acknowledged = this.#unverified;
    this.#unverified = [];
    await this.#replay.read(storage, ({ change, position }) => {
      if (change.type !== "put") return;
      const id = JSON.parse(change.after.value ?? "null") as string;
      if (this.#logged.has(id)) this.#duplicates++;
      this.#logged.set(id, position);
    });
    const lost = acknowledged.filter((id) => this.#logged.get(id) !== this.#wrote.get(id));
    const storedFailures = [...this.#failed].filter((id) => this.#logged.has(id));
    const { gaps } = this.#replay;
    const expect = this.#run.expect.bind(this.#run);
    expect(lost.length === 0, () => `acknowledged but lost: ${lost.slice(0, 5).join(", ")}`);
    expect(
      storedFailures.length === 0,
      () => `reported as failed but stored: ${storedFailures.slice(0, 5).join()}`,
    );
    expect(this.#duplicates === 0, () => `${this.#duplicates} writes are stored twice`);
    expect(gaps === 0, () => `${gaps} gaps in the log`);
    this.#lost += lost.length;
    this.#storedFailures = storedFailures.length;
  }
}
