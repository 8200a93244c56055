import type { SynthaError } from "../error/syntha-error.ts";

/** Reports whether watches and workers reach their storage. They reconnect without help. */
export type ConnectionChange =
  /** The storage is unreachable; `error` is the reason. Reported once for each outage. */
  | {
      readonly status: "disconnected";
      readonly tenantId: string;
      readonly error: SynthaError;
    }
  /** The storage is reachable again. Changes made during the outage are not lost. */
  | {
      readonly status: "reconnected";
      readonly tenantId: string;
      /** The length of the outage as this process noticed it, in milliseconds. */
      readonly disconnectedMs: number;
    };

/** Receives connection changes. Its errors are ignored. */
export type ConnectionListener = (change: ConnectionChange) => unknown;
