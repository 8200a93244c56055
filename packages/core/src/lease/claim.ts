import type { TokenParts } from "../log/fencing-token.ts";
import { newRandomId } from "../log/random-id.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { Session } from "../session/session.ts";
import type { ClaimOperation } from "../storage/operation.ts";
import type { OpResult } from "../storage/outcome.ts";
import { type Duration, toMs } from "../time/duration.ts";
import { type Item, toItem } from "../view/item.ts";
import { checkAttempts } from "./check-count.ts";
import { type ClaimSource, toClaimSource } from "./claim-source.ts";
import { ClaimedLease } from "./claimed-lease.ts";

export interface ClaimOptions {
  /** How long the lease lasts unless it is extended. @default "30s" */
  lease?: Duration | undefined;
  /** An item that was claimed this often is parked as `failed` instead. @default no limit */
  maxAttempts?: number | undefined;
}

const CLAIM = knownOptions<ClaimOptions>("claim", { lease: true, maxAttempts: true });

/** The result of one attempt to claim. */
export interface ClaimAttempt {
  readonly lease: ClaimedLease<never> | undefined;
  /** Milliseconds until an item of the source can be claimed; null when none waits. */
  readonly readyInMs: number | null;
}

export async function claim(
  session: Session,
  actor: Actor,
  from: ClaimSource,
  options: ClaimOptions,
): Promise<ClaimedLease<never> | undefined> {
  checkOptions(options, CLAIM);
  const leaseMs = toMs("lease", options.lease ?? "30s");
  const maxAttempts = checkAttempts(options.maxAttempts);
  const source = toClaimSource(session.encoder, actor, from);
  return (await attemptClaim(session, actor, source, leaseMs, maxAttempts)).lease;
}

/** @throws CORRUPT_DATA for an item whose value is damaged; the item is parked */
export async function attemptClaim(
  session: Session,
  actor: Actor,
  from: ClaimOperation["from"],
  leaseMs: number,
  maxAttempts: number | undefined,
): Promise<ClaimAttempt> {
  const leaseId = newRandomId();
  const op = { type: "claim", from, leaseMs, leaseId, maxAttempts } as const;
  const { results, epoch, now } = await session.commit(actor, [op]);
  const { row, readyInMs } = results[0] as OpResult & { type: "claim" };
  // It passed as many expired and failed items as one commit removes.
  if (row === undefined && readyInMs === 0)
    return attemptClaim(session, actor, from, leaseMs, maxAttempts);
  if (!row?.lease) return { lease: undefined, readyInMs };
  const { position, until } = row.lease;
  const token = { position, leaseId, epoch };
  try {
    const grant = {
      item: toItem<Item<never>>(row, now),
      ...token,
      attempt: row.attempts,
      until,
      now,
    };
    return { lease: new ClaimedLease(session, actor, grant), readyInMs: null };
  } catch (error) {
    await park(session, actor, row, token, error as Error);
    throw error;
  }
}

/** Parks an item whose value is damaged: it would be the first to be claimed again and again. */
async function park(
  session: Session,
  actor: Actor,
  { key, attempts: maxAttempts }: ItemRow,
  token: TokenParts,
  { message: error }: Error,
): Promise<void> {
  const op = {
    type: "release",
    key,
    ...token,
    retryInMs: 0,
    refund: false,
    maxAttempts,
    error,
  } as const;
  // If it fails, the lease ends by itself.
  await session.commitWhileClosing(actor, [op]).catch(() => undefined);
}
