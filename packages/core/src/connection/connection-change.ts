import type { SynthaError } from "../error/syntha-error.ts";

/** Whether watches and workers reach their storage. They reconnect by themselves: nothing needs to be done about it. */
export type ConnectionChange =
  /** The storage can't be reached, or could not be from the start; `error` says why. Reported once for each outage. */
  | {
      readonly status: "disconnected";
      readonly tenantId: string;
      readonly error: SynthaError;
    }
  /** It can be reached again. Nothing that happened during the outage was missed. */
  | {
      readonly status: "reconnected";
      readonly tenantId: string;
      /** How long the outage was noticed, in milliseconds. */
      readonly disconnectedMs: number;
    };

/** What it throws, or rejects with, is ignored. */
export type ConnectionListener = (change: ConnectionChange) => unknown;
