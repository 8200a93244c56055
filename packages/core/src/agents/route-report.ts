import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import type { MaybeAsync } from "../schema/maybe-async.ts";
import type { Committed } from "../session/commit-batcher.ts";
import type { Session } from "../session/session.ts";
import type { Unreached } from "../storage/outcome.ts";
import { nearest } from "../text/nearest.ts";
import { MAX_PAGE } from "../view/page-token.ts";

/** A subscriber that a route names, and that no agent is known by (R19). */
export interface UnknownSubscriber {
  readonly name: string;
  /** The known name that it may be a misspelling of. */
  readonly nearest: string | undefined;
}

/** Whom a route does not reach now. */
export interface RouteReport {
  /** Topics of its route that have no subscriber. */
  readonly topicsWithoutSubscribers: readonly string[];
  /** Subscribers that the call names and that are not known; they see it once they exist. */
  readonly unknownSubscribers: readonly UnknownSubscriber[];
}

/** A promise only if there is an unknown subscriber: then the known names are read. */
export function toRouteReport(session: Session, unreached: Unreached): MaybeAsync<RouteReport> {
  const { unknownSubscribers: names } = unreached;
  // Lists of the caller's own, which it may change.
  const topicsWithoutSubscribers = [...unreached.topicsWithoutSubscribers];
  if (names.length === 0) return { topicsWithoutSubscribers, unknownSubscribers: [] };
  return knownNames(session, names).then((known) => {
    const unknownSubscribers = names.map((name) => ({ name, nearest: nearest(name, known, 1)[0] }));
    return { topicsWithoutSubscribers, unknownSubscribers };
  });
}

/** A commit with a route: where it is refused with UNKNOWN_AGENT, the hint has the nearest names. */
export function routed(session: Session, commit: Promise<Committed>): Promise<Committed> {
  if (!session.strictRecipients) return commit;
  return commit.catch(async (error: unknown) => {
    if (!isSynthaError(error, "UNKNOWN_AGENT")) throw error;
    const { agents } = error.details;
    const known = await knownNames(session, agents);
    const guesses = agents.flatMap((name) => nearest(name, known, 1));
    if (guesses.length === 0) throw error;
    const names = guesses.map((name) => `"${name}"`).join(", ");
    throw new SynthaError("UNKNOWN_AGENT", error.message, {
      hint: `Did you mean ${names}? ${error.hint}`,
      details: { agents },
    });
  });
}

/** The first names, which are enough to find a misspelling in a team. Without them there is no guess. */
async function knownNames(
  { tenantId, storage }: Session,
  unknown: readonly string[],
): Promise<readonly string[]> {
  try {
    const { agents } = await (await storage.ready()).agents(tenantId, { limit: MAX_PAGE });
    return agents.map(({ name }) => name).filter((name) => !unknown.includes(name));
  } catch {
    return [];
  }
}
