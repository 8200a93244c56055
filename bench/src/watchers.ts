import { ContextMesh, type Storage, type Watch } from "@syntha/core";

/** A mesh with a number of agents that watch it, and a count of the reads of its log. */
export class Watchers {
  readonly #mesh: ContextMesh;
  readonly #watches: readonly Watch[];
  #reads = 0;

  constructor(storage: Storage, count: number) {
    const log = storage.log.bind(storage);
    storage.log = (tenantId, query) => {
      this.#reads++;
      return log(tenantId, query);
    };
    this.#mesh = new ContextMesh({ storage, sweepEvery: false });
    this.#watches = Array.from({ length: count }, (_, i) => this.#mesh.agent(`Agent ${i}`).watch());
  }

  /** Makes changes, each when all watches have emitted the one before. Returns how often the log was read for them. */
  async change(times: number): Promise<number> {
    const before = this.#reads;
    for (let i = 0; i < times; i++) {
      await this.#mesh.system.push("news", i, { global: true });
      await Promise.all(this.#watches.map((watch) => watch.next()));
    }
    return this.#reads - before;
  }

  close(): Promise<void> {
    return this.#mesh.close();
  }
}
