import { canonicalUri } from "../resources/resource-uri.ts";

/** Resources that one client may subscribe to. */
const MAX_SUBSCRIPTIONS = 1_000;

/** What a client of the older protocol subscribed to: its own spellings of URIs. */
export class Subscriptions {
  readonly #spellings = new Map<string, Set<string>>();
  #size = 0;

  get isFull(): boolean {
    return this.#size >= MAX_SUBSCRIPTIONS;
  }

  /** Returns false for a URI that is not ours. */
  add(uri: string): boolean {
    const canonical = canonicalUri(uri);
    if (canonical === undefined) return false;
    const spellings = this.#spellings.get(canonical) ?? new Set();
    if (!spellings.has(uri)) this.#size++;
    this.#spellings.set(canonical, spellings.add(uri));
    return true;
  }

  delete(uri: string): void {
    const canonical = canonicalUri(uri) ?? "";
    const spellings = this.#spellings.get(canonical);
    if (!spellings?.delete(uri)) return;
    this.#size--;
    if (spellings.size === 0) this.#spellings.delete(canonical);
  }

  /** The spellings of a URI to notify. */
  of(canonical: string): Iterable<string> {
    return this.#spellings.get(canonical) ?? [];
  }

  all(): Iterable<string> {
    return this.#spellings.keys();
  }
}
