import type { SynthaError } from "../error/syntha-error.ts";
import type { ConnectionListener } from "./connection-change.ts";
import { notify } from "./notify.ts";

/** Reports each change between connected and disconnected once. */
export class ConnectionState {
  readonly #tenantId: string;
  readonly #listener: ConnectionListener | undefined;
  #since: number | undefined;

  constructor(tenantId: string, listener: ConnectionListener | undefined) {
    this.#tenantId = tenantId;
    this.#listener = listener;
  }

  get isDisconnected(): boolean {
    return this.#since !== undefined;
  }

  disconnected(error: SynthaError): void {
    if (this.#since !== undefined) return;
    this.#since = Date.now();
    notify(this.#listener, { status: "disconnected", tenantId: this.#tenantId, error });
  }

  reconnected(): void {
    if (this.#since === undefined) return;
    const disconnectedMs = Math.max(0, Date.now() - this.#since);
    this.#since = undefined;
    notify(this.#listener, { status: "reconnected", tenantId: this.#tenantId, disconnectedMs });
  }
}
