import type { ErrorCode } from "@syntha/core";

/** Who does or sees something: an agent by name, or `null` for the system. */
export type Who = string | null;

export interface ModelRoute {
  topics: string[];
  subscribers: string[];
  global: boolean;
}

export interface ModelSight extends ModelRoute {
  owner: Who;
}

export interface ModelItem extends ModelSight {
  key: string;
  /** JSON text. */
  value: string;
  author: Who;
  revision: number;
  stage: "open" | "done" | "failed";
  createdAt: number;
  updatedAt: number;
  expiresAt: number | null;
  attempts: number;
  /** Null for what can't be claimed. */
  readyAt: number | null;
  /** Its number in the queue. */
  turn: number;
  lease: { holder: Who; token: number; until: number } | null;
}

interface ModelEvent extends ModelSight {
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
  by: Who;
  entries: ModelEntry[];
}

interface Subscription {
  agent: string;
  topic: string;
}

/** What a tenant holds; swept or not, expired items are still among them. */
export interface Holdings {
  items: ModelItem[];
  subscriptions: Subscription[];
  permissions: { agent: string; allowed: ModelPermissions }[];
  events: ModelEvent[];
}

/** One tenant of the model: what it holds now, and what it held behind each commit. */
export interface ModelTenant extends Holdings {
  head: number;
  floor: number;
  historyFloor: number;
  /** The latest time that a commit recorded. */
  recordedAt: number;
  commits: ModelCommit[];
  /** By position; the first is empty. */
  moments: Holdings[];
}

export function emptyTenant(): ModelTenant {
  const holdings = (): Holdings => ({ items: [], subscriptions: [], permissions: [], events: [] });
  return {
    ...holdings(),
    head: 0,
    floor: 0,
    historyFloor: 0,
    recordedAt: 0,
    commits: [],
    moments: [holdings()],
  };
}

/** Thrown where the rules refuse something. */
export class Refused extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode) {
    super(code);
    this.code = code;
  }
}
