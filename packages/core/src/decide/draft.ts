import { corruptPermissions } from "../error/corrupt-data.ts";
import { SynthaError } from "../error/syntha-error.ts";
import type { Change } from "../log/change.ts";
import { isVisible } from "../route/visibility.ts";
import type { Audience, Route } from "../route/route.ts";
import type { Facts } from "../storage/facts.ts";
import { type ItemRow, isExpired } from "../model/item-row.ts";
import type { Commit } from "../storage/operation.ts";
import type { UnloggedUpdate, Unreached } from "../storage/outcome.ts";
import { CORRUPT_PERMISSIONS, type Permissions } from "../model/permissions.ts";

/** More operations than a commit may hold, so that `orderAt` stays exact. */
export const MAX_COMMIT_OPS = 16_384;

const NONE: readonly string[] = [];

/** Of an operation that leaves no route. */
export const REACHES_ALL: Unreached = { topicsWithoutSubscribers: NONE, unknownSubscribers: NONE };

type ItemChange = Extract<Change, { before: unknown }>;

/** A commit while it is decided: its actor, the facts, and the changes so far. */
export class Draft {
  readonly changes: Change[] = [];
  readonly unlogged: UnloggedUpdate[] = [];
  readonly facts: Facts;
  readonly actor: string | null;
  /** The position that the commit will take. */
  readonly position: number;

  /** Made when it is first needed: most commits have one change. */
  #changesByKey: Map<string, ItemChange> | undefined;
  /** By key, the state of the visible item before the commit: what a batch depends on is usually named many times. */
  #states: Map<string, ItemRow["state"] | undefined> | undefined;
  /** By key, how many items wait for it, with those of this commit. */
  #waiting: Map<string, number> | undefined;
  /** How many changes {@link changeOf} has seen. */
  #indexed = 0;

  readonly #strictRecipients: boolean;

  constructor({ actor, strictRecipients = false }: Commit, facts: Facts) {
    this.actor = actor;
    this.facts = facts;
    this.#strictRecipients = strictRecipients;
    this.position = facts.head + 1;
  }

  /** @throws CORRUPT_DATA (as a refusal) if the permissions are unreadable */
  permissions(agent: string): Permissions | null {
    const permissions = this.facts.permissions(agent);
    if (permissions === CORRUPT_PERMISSIONS) refuse(corruptPermissions(agent));
    return permissions;
  }

  /** The item of a key, unless it is expired. */
  liveItem(key: string): ItemRow | undefined {
    const row = this.facts.item(key);
    return row === undefined || isExpired(row, this.facts.now) ? undefined : row;
  }

  /** The item of a key if the actor sees it. No rule distinguishes an unseen item from one that does not exist. */
  visibleItem(key: string): ItemRow | undefined {
    const row = this.liveItem(key);
    return row !== undefined && this.canSee(row) ? row : undefined;
  }

  /** The stored state of the item of a key, if the actor sees it. */
  visibleState(key: string): ItemRow["state"] | undefined {
    this.#states ??= new Map();
    if (!this.#states.has(key)) this.#states.set(key, this.visibleItem(key)?.state);
    return this.#states.get(key);
  }

  canSee(audience: Audience): boolean {
    const { actor, facts } = this;
    return isVisible(actor, audience, (topic) => facts.isSubscribed(actor as string, topic));
  }

  /**
   * Whom a route does not reach (R2, R19).
   * @param isNamed Whether the operation names the route, rather than keeps it.
   */
  unreached({ topics, subscribers }: Route, isNamed: boolean): Unreached {
    const { facts, actor } = this;
    const topicsWithoutSubscribers = topics.filter((topic) => facts.subscribers(topic) === 0);
    if (!isNamed || subscribers.length === 0)
      return { topicsWithoutSubscribers, unknownSubscribers: NONE };
    const unknownSubscribers = subscribers.filter(
      (name) => name !== actor && facts.sighting(name) === undefined,
    );
    if (this.#strictRecipients && unknownSubscribers.length > 0)
      refuse(unknownAgents(unknownSubscribers));
    return { topicsWithoutSubscribers, unknownSubscribers };
  }

  /** The last change of a key in this commit so far. */
  changeOf(key: string): ItemChange | undefined {
    const byKey = (this.#changesByKey ??= new Map());
    for (; this.#indexed < this.changes.length; this.#indexed++) {
      const change = this.changes[this.#indexed] as Change;
      if ("after" in change) byKey.set(change.after.key, change);
      else if ("before" in change) byKey.set(change.before.key, change);
    }
    return byKey.get(key);
  }

  /** Notes that an item of this commit waits for a key. Returns how many then do, with those from before the commit. */
  addDependent(key: string): number {
    this.#waiting ??= new Map();
    const waiting = (this.#waiting.get(key) ?? this.facts.dependentCount(key)) + 1;
    this.#waiting.set(key, waiting);
    return waiting;
  }

  /** The place in a queue of what the operation at `index` makes ready: by commit, then by operation. */
  orderAt(index: number): number {
    return this.position * MAX_COMMIT_OPS + index;
  }
}

/** Rejects the commit from inside a decision. */
export class Refusal {
  readonly error: SynthaError;
  constructor(error: SynthaError) {
    this.error = error;
  }
}

export function refuse(error: SynthaError): never {
  throw new Refusal(error);
}

function unknownAgents(agents: readonly string[]): SynthaError {
  const names = agents.map((name) => `"${name}"`).join(", ");
  return new SynthaError("UNKNOWN_AGENT", `No agent is known by the name ${names}.`, {
    hint: "agents() lists those that are known. An agent is known once it has announced itself, written, subscribed or claimed.",
    details: { agents },
  });
}
