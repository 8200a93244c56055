import { isSynthaError } from "../error/syntha-error.ts";
import type { Session } from "../session/session.ts";
import { checkName } from "../text/name.ts";

/** The result of deleting a topic. */
export interface TopicDeletion {
  /** Items that had no other recipient, and were deleted. */
  readonly deleted: number;
  /** Items that stay, with the rest of their route. */
  readonly kept: number;
  /** Subscriptions that ended. */
  readonly subscribers: number;
}

/** If it is too large for one commit, expired items are swept first: they do not count then. */
export async function deleteTopic(session: Session, topic: string): Promise<TopicDeletion> {
  checkName("topic", topic);
  for (;;) {
    try {
      const operation = { type: "deleteTopic", topic } as const;
      const { deleted, kept, subscribers } = await session.perform(null, operation);
      return { deleted, kept, subscribers };
    } catch (error) {
      if (!isSynthaError(error, "TOO_LARGE") || (await session.housekeeping.sweep()) === 0)
        throw error;
    }
  }
}
