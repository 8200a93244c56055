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

/** The names of known agents, read once, when they are first needed. */
export type KnownNames = () => Promise<readonly string[]>;

/** The names for the reports of one call, which share the read. */
export function knownNamesOf(session: Session): KnownNames {
  let names: Promise<readonly string[]> | undefined;
  return () => (names ??= readNames(session));
}

/** A promise only if there is an unknown subscriber: then the known names are read. */
export function toRouteReport(
  unreached: Unreached,
  knownNames: KnownNames,
): MaybeAsync<RouteReport> {
  const { unknownSubscribers: names } = unreached;
  // The caller may change these lists.
  const topicsWithoutSubscribers = [...unreached.topicsWithoutSubscribers];
  if (names.length === 0) return { topicsWithoutSubscribers, unknownSubscribers: [] };
  return knownNames().then((all) => {
    const known = all.filter((name) => !names.includes(name));
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
    const known = (await readNames(session)).filter((name) => !agents.includes(name));
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
async function readNames({ tenantId, storage }: Session): Promise<readonly string[]> {
  try {
    const { agents } = await (await storage.ready()).agents(tenantId, { limit: MAX_PAGE });
    return agents.map(({ name }) => name);
  } catch {
    return [];
  }
}
