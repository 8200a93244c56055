import { type Commit, decide, type Facts, NO_USAGE, type Usage } from "@syntha/core/storage";
import { DurableObject } from "cloudflare:workers";
import { ObjectDatabase } from "../../src/object/object-database.ts";
import { ObjectHost } from "../../src/object/object-host.ts";
import type { ObjectContext } from "../../src/object/runtime.ts";
import { upgrade } from "../../src/object/sockets.ts";
import { TenantTables } from "../../src/object/tenant-tables.ts";
import type { Reply } from "../../src/protocol/methods.ts";

const NOTHING: Commit = { actor: null, ops: [] };

/** An object as `TenantObject`, with a clock that the caller sets, and without alarms: the contract sweeps by itself. */
export class ClockedObject extends DurableObject {
  #now = 0;
  readonly #clock = (): number => this.#now;
  readonly #context = this.ctx as ObjectContext;
  readonly #host = new ObjectHost(this.#context, { clock: this.#clock, hasAlarm: false });

  invokeAt(now: number, method: string, args: unknown[]): Promise<Reply> {
    this.#now = now;
    return this.#host.invoke(method, args);
  }

  /** The usage that decisions about the tenant are based on. */
  async usages(
    now: number,
    tenantId: string,
    agents: readonly string[],
  ): Promise<{ readonly tenant: Usage; readonly agents: readonly Usage[] }> {
    this.#now = now;
    let usages = { tenant: NO_USAGE, agents: agents.map(() => NO_USAGE) };
    const tables = new TenantTables(new ObjectDatabase(this.#context.storage), this.#clock);
    const capture = (commit: Commit, facts: Facts) => {
      const { items, bytes } = facts.usage;
      usages = { tenant: { items, bytes }, agents: agents.map((agent) => facts.usageOf(agent)) };
      return decide(commit, facts);
    };
    await tables.write(
      (storage) => storage.commit(tenantId, [NOTHING], capture, false),
      () => false,
    );
    return usages;
  }

  fetch(request: Request): Response {
    return upgrade(this.#context, request);
  }

  webSocketMessage(): void {}
  webSocketClose(): void {}
}
