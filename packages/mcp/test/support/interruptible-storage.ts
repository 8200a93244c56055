import { MemoryStorage, SynthaError } from "@syntha/core";
import type { Storage } from "@syntha/core/storage";

/** A storage whose log can't be read while it is interrupted. Commits succeed. */
export class InterruptibleStorage extends MemoryStorage {
  isInterrupted = false;
  rejectedReads = 0;

  override log: Storage["log"] = async (...args) => {
    this.#check();
    const page = await MemoryStorage.prototype.log.apply(this, args);
    this.#check();
    return page;
  };

  #check(): void {
    if (!this.isInterrupted) return;
    this.rejectedReads++;
    throw new SynthaError("UNAVAILABLE", "The server is restarting.");
  }
}
