import { DurableObject } from "cloudflare:workers";
import { ObjectHost } from "./object/object-host.ts";
import { answerPings, closeSocket, upgrade } from "./object/sockets.ts";
import type { ObjectContext } from "./object/runtime.ts";
import type { Reply } from "./protocol/methods.ts";

/**
 * The Durable Object that holds one tenant. Export it from your Worker, and bind its namespace to a
 * `DurableObjectStorage`. The class needs SQLite: list it under `new_sqlite_classes` in Wrangler's configuration.
 *
 * Between calls it sleeps, also while it is watched: sockets hibernate, and its alarm wakes it when an item expires. What
 * it knows is in its SQLite, so it can be evicted and restarted at any time.
 *
 * @example
 * export { TenantObject } from "@syntha/storage-durable-objects/tenant-object";
 *
 * export default {
 *   async fetch(request, env) {
 *     const storage = new DurableObjectStorage({ namespace: env.TENANTS });
 *     await using mesh = new ContextMesh({ storage, tenantId: "acme", sweepEvery: false });
 *     return Response.json(await mesh.system.getAll());
 *   },
 * };
 */
export class TenantObject extends DurableObject {
  readonly #host = new ObjectHost(this.ctx as ObjectContext);

  constructor(...args: ConstructorParameters<typeof DurableObject>) {
    super(...args);
    answerPings(this.ctx as ObjectContext);
  }

  /** Called by `DurableObjectStorage`. The methods and their arguments differ between releases. */
  invoke(method: string, args: unknown[]): Promise<Reply> {
    return this.#host.invoke(method, args);
  }

  /** Accepts the WebSocket of a watch. */
  fetch(request: Request): Response {
    return upgrade(this.ctx as ObjectContext, request);
  }

  /** Sweeps expired items. */
  alarm(): Promise<void> {
    return this.#host.sweep();
  }

  /** Watches send nothing but pings, which the runtime answers. */
  webSocketMessage(): void {}

  webSocketClose(socket: WebSocket): void {
    closeSocket(socket);
  }

  webSocketError(): void {}
}
