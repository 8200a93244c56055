import { corruptPermissions } from "../error/corrupt-data.ts";
import type { SynthaError } from "../error/syntha-error.ts";
import type { Change } from "../log/change.ts";
import { isVisible } from "../route/visibility.ts";
import type { Audience } from "../route/route.ts";
import type { Facts } from "../storage/facts.ts";
import { type ItemRow, isExpired } from "../model/item-row.ts";
import type { LeaseExtension } from "../storage/outcome.ts";
import { CORRUPT_PERMISSIONS, type Permissions } from "../model/permissions.ts";

/** More operations than a commit may hold, so that `orderAt` stays exact. */
export const MAX_COMMIT_OPS = 16_384;

/** One commit while it is decided: the facts, who does it, and the changes so far. */
export class Draft {
  readonly changes: Change[] = [];
  readonly extended: LeaseExtension[] = [];
  readonly facts: Facts;
  readonly by: string | null;
  /** The position that the commit will take. */
  readonly position: number;

  constructor(by: string | null, facts: Facts) {
    this.by = by;
    this.facts = facts;
    this.position = facts.head + 1;
  }

  /** What an agent may do; refuses what it asks while that can't be read. */
  permissions(agent: string): Permissions | null {
    const permissions = this.facts.permissions(agent);
    if (permissions === CORRUPT_PERMISSIONS) refuse(corruptPermissions(agent));
    return permissions;
  }

  /** The item of a key as far as it is there: an expired one is not. */
  live(key: string): ItemRow | undefined {
    const row = this.facts.item(key);
    return row === undefined || isExpired(row, this.facts.now) ? undefined : row;
  }

  /** The live item if whoever does this sees it: unseen and absent are told apart nowhere. */
  seen(key: string): ItemRow | undefined {
    const row = this.live(key);
    return row !== undefined && this.sees(row) ? row : undefined;
  }

  sees(sight: Audience): boolean {
    const { by, facts } = this;
    return isVisible(by, sight, (topic) => facts.isSubscribed(by as string, topic));
  }

  topicsWithoutSubscribers(topics: readonly string[]): readonly string[] {
    return topics.filter((topic) => this.facts.subscribers(topic) === 0);
  }

  /** Where something made ready by the operation at `index` stands in its queue: by commit, then by operation. */
  orderAt(index: number): number {
    return this.position * MAX_COMMIT_OPS + index;
  }
}

/** Carries a refusal out of the depth of a decision; caught where the commit is decided. */
export class Refusal {
  readonly error: SynthaError;
  constructor(error: SynthaError) {
    this.error = error;
  }
}

export function refuse(error: SynthaError): never {
  throw new Refusal(error);
}
