import { SynthaError } from "../error/syntha-error.ts";
import type { TokenParts } from "../log/fencing-token.ts";
import { newRandomId } from "../log/random-id.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { topicBucket } from "../route/audience-bucket.ts";
import type { Actor } from "../route/visibility.ts";
import type { KeyOf, MeshSchema, TopicOf, Untyped } from "../schema/mesh-schema.ts";
import type { Session } from "../session/session.ts";
import { checkName } from "../text/name.ts";
import { type Duration, toMs } from "../time/duration.ts";
import { type Item, toItem } from "../view/item.ts";
import { checkAttempts } from "./check-count.ts";
import { ClaimedLease } from "./claimed-lease.ts";

/** One item by key, or the oldest ready item on a topic. */
export type ClaimSource<
  S extends MeshSchema = Untyped,
  K extends string = string,
  T extends string = string,
> =
  | { readonly topic: T & TopicOf<S>; readonly key?: undefined }
  | { readonly key: K & KeyOf<S>; readonly topic?: undefined };

const CLAIM_SOURCE = knownOptions<ClaimSource>("claim", { topic: true, key: true });

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
  /** Milliseconds until an item on the topic can be claimed; null when none waits. */
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
  return (await attemptClaim(session, actor, from, leaseMs, maxAttempts)).lease;
}

/** @throws CORRUPT_DATA for an item whose value is damaged; the item is parked */
export async function attemptClaim(
  session: Session,
  actor: Actor,
  from: ClaimSource,
  leaseMs: number,
  maxAttempts: number | undefined,
): Promise<ClaimAttempt> {
  const source = checkSource(from);
  if ("key" in source) session.encoder.checkKey(source.key);
  else checkName("topic", source.topic);
  const leaseId = newRandomId();
  const queues = "key" in source ? source : { queues: [topicBucket(source.topic)] };
  const op = { type: "claim", from: queues, leaseMs, leaseId, maxAttempts } as const;
  const { results, epoch, now } = await session.commit(actor, [op]);
  const result = results[0];
  if (result?.type !== "claim" || !result.row?.lease) {
    return { lease: undefined, readyInMs: result?.type === "claim" ? result.readyInMs : null };
  }
  const { row } = result;
  const { position, until } = result.row.lease;
  const token = { position, leaseId: result.row.lease.leaseId, epoch };
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
    await park(session, actor, row.key, row.attempts, token);
    throw error;
  }
}

/** Parks an item whose value is damaged: it would be the first to be claimed again and again. */
async function park(
  session: Session,
  actor: Actor,
  key: string,
  maxAttempts: number,
  token: TokenParts,
): Promise<void> {
  const op = {
    type: "release",
    key,
    ...token,
    retryInMs: 0,
    refund: false,
    maxAttempts,
  } as const;
  // If it fails, the lease ends by itself.
  await session.commitWhileClosing(actor, [op]).catch(() => undefined);
}

function checkSource(from: ClaimSource): { topic: string } | { key: string } {
  checkOptions(from, CLAIM_SOURCE, "from");
  const { topic, key } = from;
  if (key !== undefined && topic === undefined) return { key };
  if (topic !== undefined && key === undefined) return { topic };
  throw new SynthaError("INVALID_ARGUMENTS", "Pass exactly one of `topic` or `key`.", {
    hint: 'Pass { topic: "work_queue" } or { key: "task:42" }.',
    details: { path: "from" },
  });
}
