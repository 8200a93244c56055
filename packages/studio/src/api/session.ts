import type { Durability } from "@syntha/core";
import type { Time } from "./scope.ts";

/** Who looks, and at what. */
export interface Session {
  /** The version of `@syntha/studio`. */
  readonly version: string;
  /** The ids of the tenants if there are many, by code point: at most 1,000. Undefined for a single mesh. */
  readonly tenantIds?: readonly string[] | undefined;
  /** The tenant of a single mesh. */
  readonly tenantId?: string | undefined;
  /** Whether this person may write. Without it, hide what writes. */
  readonly write: boolean;
  /** The name under which this person's writes are recorded. */
  readonly person: string;
  /** The database, such as "sqlite". Undefined if it is not known. */
  readonly storage?: string | undefined;
  /** What an acknowledged write survives. Undefined if it is not known. */
  readonly durability?: Durability | undefined;
  /** The server's time. */
  readonly now: Time;
}

/** Of `POST api/ticket`, which `serveStudio` answers without a token. */
export interface TicketBody {
  /** From the address that a browser was started with: `#ticket=TICKET`. Valid once, for a minute. */
  ticket: string;
}

export interface TicketAnswer {
  readonly token: string;
}
