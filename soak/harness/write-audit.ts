import type { Storage } from "@syntha/core";
import type { Survived } from "../children/survivor.ts";
import { LogReplay } from "./log-replay.ts";
import type { Run } from "./run.ts";

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

  record(message: Survived): void {
    switch (message.type) {
      case "wrote":
        this.#wrote.set(message.id, message.revision);
        this.#unverified.push(message.id);
        this.lastWrote = performance.now();
        break;
      case "failed":
        this.#failed.add(message.id);
        break;
      case "unknown":
        this.unknown++;
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

  /** Verifies that the log has every acknowledged write so far, and none that failed. */
  async verify(storage: Storage): Promise<{ lost: number; storedFailures: number }> {
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
    return { lost: lost.length, storedFailures: storedFailures.length };
  }

  /** After the last write: also verifies that the state matches the log. */
  async verifyFinal(storage: Storage): Promise<{ lost: number; storedFailures: number }> {
    const counts = await this.verify(storage);
    const difference = await this.#replay.difference(storage);
    this.#run.expect(difference === undefined, () => String(difference));
    for (const { puts, last } of this.#watches) {
      const expected = [...this.#logged.values()].filter((position) => position <= last).length;
      this.#run.expect(puts === expected, () => `a watch received ${puts} of ${expected} puts`);
    }
    return counts;
  }
}
