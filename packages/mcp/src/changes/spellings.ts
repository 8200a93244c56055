import { canonicalUri } from "../resources/resource-uri.ts";

/**
 * How clients that listen write URIs, such as `syntha://item/a%2fb`: a client's filter names a URI as text, so that a
 * notification must repeat it as it was written.
 */
export class Spellings {
  /** How many listens use each, by canonical URI. */
  readonly #uses = new Map<string, Map<string, number>>();

  /** Adds those of one listen. Returns how to remove them. */
  add(uris: readonly string[]): () => void {
    const others = uris.flatMap((uri) => {
      const canonical = canonicalUri(uri);
      return canonical === undefined || canonical === uri ? [] : [{ canonical, uri }];
    });
    for (const { canonical, uri } of others) this.#count(canonical, uri, 1);
    let isAdded = true;
    return () => {
      if (isAdded) for (const { canonical, uri } of others) this.#count(canonical, uri, -1);
      isAdded = false;
    };
  }

  /** All of a canonical URI, itself first. */
  of(canonical: string): readonly string[] {
    return [canonical, ...(this.#uses.get(canonical)?.keys() ?? [])];
  }

  #count(canonical: string, uri: string, change: 1 | -1): void {
    const uses = this.#uses.get(canonical) ?? new Map<string, number>();
    const count = (uses.get(uri) ?? 0) + change;
    if (count > 0) this.#uses.set(canonical, uses.set(uri, count));
    else uses.delete(uri);
    if (uses.size === 0) this.#uses.delete(canonical);
  }
}
