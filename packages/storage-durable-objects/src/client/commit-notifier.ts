import type { Unsubscribe } from "@syntha/core/storage";
import { CommitSocket } from "./commit-socket.ts";
import type { ObjectStub } from "./object-stub.ts";

interface Tenant {
  readonly listeners: Set<() => void>;
  /** Undefined while the storage is closed. */
  socket: CommitSocket | undefined;
}

/** Calls the commit listeners of each tenant, with one socket for all listeners of a tenant. */
export class CommitNotifier {
  readonly #stub: (tenant: string) => ObjectStub;
  readonly #tenants = new Map<string, Tenant>();
  #isStarted = false;

  constructor(stub: (tenant: string) => ObjectStub) {
    this.#stub = stub;
  }

  onCommit(tenant: string, listener: () => void): Unsubscribe {
    let found = this.#tenants.get(tenant);
    if (found === undefined) {
      found = { listeners: new Set(), socket: undefined };
      this.#tenants.set(tenant, found);
      if (this.#isStarted) this.#connect(tenant, found);
    }
    const { listeners } = found;
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#tenants.get(tenant) !== found) return;
      this.#tenants.delete(tenant);
      found.socket?.close();
    };
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    for (const [name, tenant] of this.#tenants) this.#connect(name, tenant);
  }

  /** Closes the sockets; listeners stay registered. */
  stop(): void {
    this.#isStarted = false;
    for (const tenant of this.#tenants.values()) {
      tenant.socket?.close();
      tenant.socket = undefined;
    }
  }

  #connect(name: string, tenant: Tenant): void {
    tenant.socket = new CommitSocket(
      () => this.#stub(name),
      () => {
        for (const listener of tenant.listeners) listener();
      },
    );
  }
}
