import type { Commit } from "../storage/operation.ts";
import type { Decide, Decision } from "../storage/outcome.ts";
import { type FactCache, MissingFact } from "./fact-cache.ts";
import type { FactRequest } from "./fact-request.ts";

/** Decides a commit, and reads the facts that turn out to be missing. `read` adds them to the cache. */
export async function decideFetchingFacts(
  decide: Decide,
  commit: Commit,
  facts: FactCache,
  read: (needs: readonly FactRequest[]) => Promise<void>,
): Promise<Decision> {
  for (;;) {
    try {
      return decide(commit, facts);
    } catch (thrown) {
      if (!(thrown instanceof MissingFact)) throw thrown;
      await read([thrown.request]);
    }
  }
}
