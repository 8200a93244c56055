interface Row {
  readonly key: string;
  /** JSON text: each reader receives a copy. */
  readonly value: string;
  readonly topics: readonly string[];
  readonly author: string;
  readonly revision: number;
  readonly updatedAt: number;
}

/** The least that a mesh in memory is: rows, an index of each topic and a log, in async functions; nothing is checked. */
export class BareMemory {
  readonly #rows = new Map<string, Row>();
  readonly #byTopic = new Map<string, Set<string>>();
  readonly #log: { readonly position: number; readonly key: string; readonly after: Row }[] = [];

  async push(
    author: string,
    key: string,
    value: unknown,
    topics: readonly string[],
  ): Promise<{ readonly revision: number }> {
    const revision = this.#log.length + 1;
    const text = JSON.stringify(value);
    const row: Row = { key, value: text, topics, author, revision, updatedAt: Date.now() };
    this.#rows.set(key, row);
    for (const topic of topics) {
      let keys = this.#byTopic.get(topic);
      if (keys === undefined) this.#byTopic.set(topic, (keys = new Set()));
      keys.add(key);
    }
    this.#log.push({ position: revision, key, after: row });
    return { revision };
  }

  async get(key: string): Promise<unknown> {
    const row = this.#rows.get(key);
    return row && JSON.parse(row.value);
  }
}
