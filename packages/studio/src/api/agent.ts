import type { Permissions } from "@syntha/core";
import type { MomentQuery, PageQuery, Time } from "./scope.ts";

export interface AgentsQuery extends MomentQuery, PageQuery {
  /** Only names with this prefix. */
  prefix?: string | undefined;
}

/** A page of the known agents, by name. */
export interface AgentPage {
  readonly agents: readonly AgentDetail[];
  readonly nextPage?: string | undefined;
}

export interface AgentDetail {
  readonly name: string;
  readonly description?: string | undefined;
  readonly capabilities: readonly string[];
  readonly subscriptions: readonly string[];
  readonly firstSeen: Time;
  readonly lastSeen?: Time | undefined;
  /** How many leases it holds. */
  readonly leases: number;
  /** Null: everything is allowed. */
  readonly permissions: Permissions | null;
  /** Why its permissions can't be read: they are damaged where they are stored, and allow nothing. */
  readonly unreadable?: string | undefined;
}
