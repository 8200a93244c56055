import { copyTenant } from "@syntha/core";
import {
  decide,
  type FullStorage,
  type LogPosition,
  type Outcome,
  type StorageSupport,
} from "@syntha/core/storage";
import { type Answer, errorFields, readAfter, readEverything } from "./answers.ts";
import type { GrantedLease, Step } from "./step.ts";

/** A storage under test, with the leases that it granted. */
export class TestedStorage {
  storage: FullStorage;
  readonly #leases = new Map<string, GrantedLease[]>();
  /** Log positions that the storage returned, by tenant. */
  readonly #positions = new Map<string, LogPosition[]>();

  constructor(storage: FullStorage) {
    this.storage = storage;
  }

  /** Its answers to all queries, also from log positions returned earlier. */
  async answers(supports: StorageSupport): Promise<readonly Answer[]> {
    const answers = [...(await readEverything(this.storage, supports))];
    for (const [tenant, positions] of this.#positions)
      for (const position of positions)
        answers.push(...(await readAfter(this.storage, tenant, position)));
    return answers;
  }

  /** Moves all tenants to another storage. */
  async moveTo(storage: FullStorage, batch: number): Promise<void> {
    await storage.open();
    const { tenantIds } = await this.storage.listTenants({ limit: 10 });
    for (const tenantId of tenantIds) {
      // The storage closes with its last user.
      await copyTenant({ from: this.storage, to: storage, tenantId, batch });
      await Promise.all([this.storage.open(), storage.open()]);
    }
    await this.storage.close();
    this.storage = storage;
  }

  async #recordPositions(tenant: string): Promise<void> {
    const { end } = await this.storage.log(tenant, { after: "start", limit: 3 });
    const events = await this.storage.events(tenant, { actor: null, limit: 2 });
    const head = await this.storage.events(tenant, { actor: null, limit: 1_000 });
    const positions = [...(this.#positions.get(tenant) ?? []), end, events.end, head.end];
    this.#positions.set(tenant, positions.slice(-30));
  }

  async apply(next: Step): Promise<unknown> {
    switch (next.type) {
      case "commit": {
        const { epoch } = await this.storage.stats(next.tenant);
        const granted = this.#leases.get(next.tenant) ?? [];
        const commits = next.drafts.map((draft) => draft(granted, epoch));
        const outcomes = await this.storage.commit(next.tenant, commits, decide);
        this.#leases.set(next.tenant, [
          ...granted,
          ...outcomes.flatMap((outcome, i) => leasesOf(outcome, commits[i]?.actor ?? null)),
        ]);
        await this.#recordPositions(next.tenant);
        return outcomes.map((each) =>
          each.ok ? each : { ok: false, error: errorFields(each.error) },
        );
      }
      case "compact":
        return this.storage.compact(next);
      case "drop":
        return this.storage.dropTenant(next);
      case "clock":
      case "copy":
        return undefined;
    }
  }
}

export function leasesOf(outcome: Outcome, actor: string | null): GrantedLease[] {
  if (!outcome.ok) return [];
  return outcome.results.flatMap((result) =>
    result.type === "claim" && result.row?.lease
      ? [{ key: result.row.key, actor, ...result.row.lease }]
      : [],
  );
}
