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
  /** What a tenant and each of its agents may hold and write. Default: enough for people, too little for a flood. */
  readonly limits?: Partial<MeshLimits>;
  /** Default 0: a free one. */
  readonly port?: number;
  /** After how long without a request a tenant's mesh is let go. Default a minute. */
  readonly idleAfter?: Duration;
  /** How often an open stream is told that it is still heard. Default 15 seconds. */
  readonly beatMs?: number;
  /** How long requests that are under way may take when the service closes. Default 5 seconds. */
  readonly graceMs?: number;
}

export interface Service {
  readonly url: string;
  /** How many tenants' meshes are open. */
  readonly openTenants: () => number;
  /** Takes no more requests, ends streams, lets the rest finish, and closes the storage. */
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
    // Connections whose last answer has gone out, and in the end those of clients that take nothing.
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
