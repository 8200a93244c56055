import type { JsonValue, PermissionsInput, UnknownSubscriber } from "@syntha/core";

/** What every action's JSON body may name. */
export interface TenantBody {
  tenant?: string | undefined;
}

/** Writes an item. Without a route, an item that exists keeps its own. */
export interface PushBody extends TenantBody {
  key: string;
  value: JsonValue;
  topics?: readonly string[] | undefined;
  subscribers?: readonly string[] | undefined;
  global?: boolean | undefined;
  /** Writes only at this revision; 0: only if there is no such item. */
  ifRevision?: number | undefined;
  /** Such as "1h". */
  ttl?: string | undefined;
}

export interface KeyBody extends TenantBody {
  key: string;
}

export interface ReleaseBody extends KeyBody {
  /** Only if this agent holds it. @default any agent, and the system */
  agent?: string | undefined;
  /** Recorded as the item's last failure. @default that the system released it */
  error?: string | undefined;
}

export interface RestoreBody extends KeyBody {
  revision: number;
}

export interface SubscriptionBody extends TenantBody {
  agent: string;
  topics: readonly string[];
}

export interface SayBody extends TenantBody {
  /** The agent that gets the message. */
  agent: string;
  message: string;
}

export interface PermissionsBody extends TenantBody {
  agent: string;
  /** Null clears them. */
  permissions: PermissionsInput | null;
}

/**
 * Who acted. The person acts as an agent of that name where the rules let it; where only the owner or the system may, the
 * system acts, and an event of the type `person.action` names the person. Where that fails, a second one has the code of the
 * error as `failed`.
 */
export interface Recorded {
  readonly actor: string;
}

export interface PushAnswer extends Recorded {
  readonly key: string;
  readonly revision: number;
  readonly topicsWithoutSubscribers: readonly string[];
  readonly unknownSubscribers: readonly UnknownSubscriber[];
}

export interface DeleteAnswer extends Recorded {
  readonly deleted: boolean;
}

export interface RetryAnswer extends Recorded {
  readonly revision: number;
}

export interface ReleaseAnswer extends Recorded {
  /** The agent that held it; absent for the system. */
  readonly agent?: string | undefined;
  /** Which attempt it was. */
  readonly attempt: number;
}

export interface RetryAllAnswer extends Recorded {
  /** Keys that are open again. */
  readonly retried: readonly string[];
  /** Keys that could not be retried, with the reason. */
  readonly failed: readonly { readonly key: string; readonly error: string }[];
  /** Whether failed tasks are left: call it again. */
  readonly more: boolean;
}

export interface SubscriptionAnswer extends Recorded {
  /** Topics whose subscription changed. */
  readonly topics: readonly string[];
}
