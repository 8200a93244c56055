import type { ErrorCode } from "@syntha/core";

/** Who does or sees something: an agent by name, or `null` for the system. */
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
  /** Null for what can't be claimed. */
  readyAt: number | null;
  /** Its number in the queue. */
  queueNumber: number;
  lease: { holder: Actor; token: number; until: number } | null;
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
  post: string[];
  subscribe: string[];
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

/** What a tenant holds; swept or not, expired items are still among them. */
export interface ModelState {
  items: ModelItem[];
  subscriptions: Subscription[];
  permissions: { agent: string; allowed: ModelPermissions }[];
  events: ModelEvent[];
}

/** One tenant of the model: what it holds now, and what it held behind each commit. */
export interface ModelTenant extends ModelState {
  head: number;
  floor: number;
  historyFloor: number;
  /** The latest time that a commit recorded. */
  recordedAt: number;
  commits: ModelCommit[];
  /** By position; the first is empty. */
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
    head: 0,
    floor: 0,
    historyFloor: 0,
    recordedAt: 0,
    commits: [],
    statesByPosition: [holdings()],
  };
}

/** Thrown where the rules refuse something. */
export class Rejection extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode) {
    super(code);
    this.code = code;
  }
}
