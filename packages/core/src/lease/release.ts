import { messageOf } from "../error/message.ts";
import { SynthaError } from "../error/syntha-error.ts";
import { MAX_FAILURE_MESSAGE } from "../model/task-row.ts";
import { checkFlag } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Session } from "../session/session.ts";
import type { ReleaseSettings } from "../storage/operation.ts";
import { checkAgentName } from "../text/agent-name.ts";
import { describe } from "../text/describe.ts";
import { toMs } from "../time/duration.ts";
import { checkAttempts } from "./check-count.ts";
import type { ReleaseOptions } from "./lease.ts";

/** Of a lease that the system ends. */
export interface SystemReleaseOptions extends ReleaseOptions {
  /**
   * Only if this agent holds it, so that a lease that another agent got meanwhile stays.
   * @default any agent, and the system
   */
  agent?: string | undefined;
}

const SYSTEM_RELEASE = knownOptions<SystemReleaseOptions>("release", {
  retryIn: true,
  countAttempt: true,
  maxAttempts: true,
  error: true,
  agent: true,
});

/** A lease that the system has ended. */
export interface Released {
  /** The agent that held it; undefined for the system. */
  readonly agent: string | undefined;
  /** Which attempt it was: 1 for the first claim after the item was pushed. */
  readonly attempt: number;
  /** Whether the item was parked as `failed` instead. */
  readonly failed: boolean;
}

/** Ends the lease on an item without its token. */
export async function releaseItem(
  session: Session,
  key: string,
  options: SystemReleaseOptions,
): Promise<Released> {
  checkOptions(options, SYSTEM_RELEASE);
  session.encoder.checkKey(key);
  const { agent } = options;
  if (agent !== undefined)
    checkAgentName(agent, "Leave `agent` out to release what the system itself holds.");
  const settings = releaseSettings(options);
  const released = await session.perform(null, { type: "endLease", key, agent, ...settings });
  const { holder, attempt, failed } = released;
  return { agent: holder ?? undefined, attempt, failed };
}

export function releaseSettings({
  retryIn,
  countAttempt,
  maxAttempts,
  error,
}: ReleaseOptions): ReleaseSettings {
  checkFlag("countAttempt", countAttempt);
  return {
    retryInMs: retryIn === undefined ? 0 : toMs("retryIn", retryIn, true),
    refund: countAttempt === false,
    maxAttempts: checkAttempts(maxAttempts),
    error: failureMessage(error),
  };
}

/** @throws INVALID_ARGUMENTS */
function failureMessage(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  const message = messageOf(error);
  // Never half of a surrogate pair.
  if (message !== undefined)
    return message.slice(0, MAX_FAILURE_MESSAGE).replace(/[\uD800-\uDBFF]$/, "");
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `\`error\` must be an Error or a text, not ${describe(error)}.`,
    {
      hint: "Pass what was caught, if it is an Error, or the reason as text.",
      details: { path: "error" },
    },
  );
}
