import type { ErrorCode } from "@syntha/core";

/** An agent by name, or `null` for the system. */
export type Actor = string | null;

export interface ModelRoute {
  topics: string[];
  subscribers: string[];
  global: boolean;
}

export interface ModelAudience extends ModelRoute {
  owner: Actor;
}

export interface ModelItem extends ModelAudience {
  key: string;
  /** JSON text. */
  value: string;
  author: Actor;
  revision: number;
  state: "open" | "done" | "failed";
  createdAt: number;
  updatedAt: number;
  expiresAt: number | null;
  attempts: number;
  /** Null if the item can't be claimed. */
  readyAt: number | null;
  /** Position in the queue among items that are ready at the same time. */
  queueNumber: number;
  lease: { holder: Actor; token: number; until: number } | null;
  priority: number;
  notBefore: number | null;
  dependsOn: string[];
  /** Those of them that are not satisfied. */
  pending: string[];
  lastFailure: { message: string; agent: Actor; at: number; attempt: number } | null;
}

interface ModelEvent extends ModelAudience {
  id: string;
  type: string;
  /** JSON text. */
  data: string;
  position: number;
  at: number;
}

export interface ModelPermissions {
  post: string[] | "*";
  subscribe: string[] | "*";
  global: boolean;
  direct: boolean;
}

export type ModelEntry =
  | { type: "put"; before: ModelItem | null; after: ModelItem }
  | { type: "delete" | "expire"; before: ModelItem }
  | { type: "lease"; after: ModelItem }
  | { type: "event"; id: string }
  | { type: "subscribe" | "unsubscribe"; agent: string; topics: string[] }
  | { type: "setPermissions"; agent: string }
  | { type: "topicDeleted"; topic: string };

export interface ModelCommit {
  position: number;
  at: number;
  actor: Actor;
  entries: ModelEntry[];
}

interface Subscription {
  agent: string;
  topic: string;
}

/** What a tenant stores, including expired items that are not swept yet. */
export interface ModelState {
  items: ModelItem[];
  subscriptions: Subscription[];
  permissions: { agent: string; allowed: ModelPermissions }[];
  events: ModelEvent[];
}

/** One tenant of the model: its current state and its state after each commit. */
export interface ModelTenant extends ModelState {
  /** Agents that are known. */
  known: string[];
  head: number;
  floor: number;
  historyFloor: number;
  /** The time of the last commit. */
  recordedAt: number;
  commits: ModelCommit[];
  /** The first one is empty. */
  statesByPosition: ModelState[];
}

export function emptyTenant(): ModelTenant {
  const holdings = (): ModelState => ({
    items: [],
    subscriptions: [],
    permissions: [],
    events: [],
  });
  return {
    ...holdings(),
    known: [],
    head: 0,
    floor: 0,
    historyFloor: 0,
    recordedAt: 0,
    commits: [],
    statesByPosition: [holdings()],
  };
}

/** Thrown when a rule rejects a call. */
export class Rejection extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode) {
    super(code);
    this.code = code;
  }
}
