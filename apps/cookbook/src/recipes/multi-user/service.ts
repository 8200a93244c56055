import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { type Duration, type MeshLimits, type Storage, TenantRegistry } from "@syntha/core";
import { createApp } from "./app.ts";
import type { Users } from "./users.ts";

export interface ServiceOptions {
  /** Closed with the service. */
  readonly storage: Storage;
  readonly users: Users;
  /** Limits per tenant and agent. Default: enough for people, but not for floods. */
  readonly limits?: Partial<MeshLimits>;
  /** @default 0, any free port */
  readonly port?: number;
  /** Idle time after which a tenant's mesh is closed. @default "1m" */
  readonly idleAfter?: Duration;
  /** The interval of keep-alive messages. @default 15 seconds */
  readonly beatMs?: number;
  /** How long closing waits for requests in flight. @default 5 seconds */
  readonly graceMs?: number;
}

export interface Service {
  readonly url: string;
  /** The number of open meshes. */
  readonly openTenants: () => number;
  /** Stops accepting requests, closes streams, waits for requests in flight and closes the storage. */
  readonly close: () => Promise<void>;
}

const LIMITS: Partial<MeshLimits> = {
  tenant: { items: 100_000, bytes: 1_000_000_000 },
  agent: { writesPerSecond: 200 },
};

export async function startService({
  storage,
  users,
  limits = LIMITS,
  port = 0,
  idleAfter = "1m",
  beatMs = 15_000,
  graceMs = 5_000,
}: ServiceOptions): Promise<Service> {
  const tenants = new TenantRegistry({ storage, limits, idleAfter });
  const closing = new AbortController();
  const app = createApp({ users, tenants, closing: closing.signal, beatMs });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");

  const close = async (): Promise<void> => {
    const closed = new Promise((done) => server.close(done));
    closing.abort();
    // Idle connections first, and after the grace period all others.
    const idle = setInterval(() => server.closeIdleConnections(), 20);
    const impatience = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearInterval(idle);
    clearTimeout(impatience);
    await tenants.close();
  };
  let closed: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    openTenants: () => tenants.open,
    close: () => (closed ??= close()),
  };
}
