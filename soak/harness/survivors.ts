import type { Storage } from "@syntha/core";
import type { Survived } from "../children/survivor.ts";
import { Child, startTogether } from "./child.ts";
import type { Address } from "./database.ts";
import type { ChildTask } from "./parent.ts";
import type { Figures, Run } from "./run.ts";
import { WriteAudit } from "./write-audit.ts";

const WRITERS = 2;
/** For the recovery of a server and of the processes. */
const WITHIN_MS = 30_000;

/** Two processes that write to one tenant and watch it, whatever happens to its server. */
export class Survivors {
  readonly #run: Run;
  readonly #audit: WriteAudit;
  readonly #children: readonly Child[];

  private constructor(run: Run, address: Address) {
    this.#run = run;
    this.#audit = new WriteAudit(run);
    this.#children = Array.from({ length: WRITERS }, (_, i) => {
      const task: ChildTask = { address, name: `survivor ${i}` };
      return new Child<Survived>("survivor", task, (message) => this.#audit.record(message));
    });
  }

  static async start(run: Run, address: Address): Promise<Survivors> {
    const survivors = new Survivors(run, address);
    await startTogether(survivors.#children);
    return survivors;
  }

  get figures(): Figures {
    return this.#audit.figures;
  }

  /**
   * Waits for the next acknowledged write, and verifies those so far.
   *
   * @param event what the processes must survive, for reports of a breach
   * @returns the time until the write, in milliseconds
   */
  async recover(event: string, storage: Storage): Promise<number> {
    const recoveryMs = await this.#audit.nextWrite(WITHIN_MS);
    this.#run.expect(recoveryMs < Infinity, () => `${event}: no process writes`);
    const hasEnded = this.#children.some((child) => child.hasEnded);
    this.#run.expect(!hasEnded, () => `${event}: a process has ended`);
    await this.#audit.verify(storage);
    return recoveryMs;
  }

  /** Stops the processes, and verifies all writes and the state. */
  async stop(storage: Storage): Promise<void> {
    for (const child of this.#children) void child.stop(WITHIN_MS);
    await this.#run.expectExits(this.#children);
    await this.#audit.verifyFinal(storage);
  }
}
