import type { Commit } from "../storage/operation.ts";
import type { Decide, Decision } from "../storage/outcome.ts";
import { type KnownFacts, Unknown } from "./known-facts.ts";
import type { Need } from "./need.ts";

/** Decides a commit, reading what it turns out to need: `read` makes it known. */
export async function decideGathering(
  decide: Decide,
  commit: Commit,
  facts: KnownFacts,
  read: (needs: readonly Need[]) => Promise<void>,
): Promise<Decision> {
  for (;;) {
    try {
      return decide(commit, facts);
    } catch (thrown) {
      if (!(thrown instanceof Unknown)) throw thrown;
      await read([thrown.need]);
    }
  }
}
