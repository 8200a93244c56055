/** Items that are remembered; more are forgotten, the longest unchanged first. */
const MAX_ITEMS = 1_000;

/** The topics under which an agent last saw an item; null if it is out of its view. */
export type LastTopics = readonly string[] | null;

/**
 * How an agent last saw items: a change that takes an item off a topic, or out of view, does not name the topic, and one
 * that shows an item does not say whether it was visible before.
 */
export class KnownItems {
  readonly #topics = new Map<string, LastTopics>();

  get keys(): Iterable<string> {
    return this.#topics.keys();
  }

  /** Of all remembered items. */
  get topics(): readonly string[] {
    return [...this.#topics.values()].flatMap((topics) => topics ?? []);
  }

  /** Remembers how it is seen now, and returns how it was seen before; undefined if that is not known. */
  set(key: string, topics: LastTopics): LastTopics | undefined {
    const before = this.#topics.get(key);
    this.#topics.delete(key);
    this.#topics.set(key, topics);
    if (this.#topics.size > MAX_ITEMS) this.#topics.delete(this.#topics.keys().next().value ?? "");
    return before;
  }
}
