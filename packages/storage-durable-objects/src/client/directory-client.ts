import { SynthaError } from "@syntha/core";
import { pageOf, type TenantPage, type TenantQuery } from "@syntha/core/storage";
import type { Presence } from "@syntha/storage-sqlite/sql";
import {
  DIRECTORY_NAME,
  type DirectoryEntry,
  type DirectoryPage,
  type ObjectMethods,
  type Registration,
  UNREGISTERED,
  type Unregistered,
} from "../protocol/methods.ts";
import type { ObjectCalls } from "./object-calls.ts";

/** How often an operation is registered whose registration its object finds too old. */
const MAX_ATTEMPTS = 3;

/** Registers what creates and removes tenants, and lists them. */
export class DirectoryClient {
  readonly #calls: ObjectCalls;

  constructor(calls: ObjectCalls) {
    this.#calls = calls;
  }

  /** Runs an operation that creates or removes a tenant, registered from before it starts. */
  async register<T>(
    tenantId: string,
    run: (registration: Registration) => Promise<T | Unregistered>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const registration = await this.#calls.call(DIRECTORY_NAME, "beginOperation", tenantId);
      const result = await run(registration);
      // After an error the entry stays unconfirmed until the operation is too old to happen still.
      await this.#end(tenantId, registration);
      if (result !== UNREGISTERED) return result;
      if (attempt === MAX_ATTEMPTS) throw tooOld(tenantId);
    }
  }

  async list({ after = "", limit }: TenantQuery): Promise<TenantPage> {
    const found: string[] = [];
    for (let from: string | null = after; from !== null && found.length <= limit;) {
      const query: { after: string; limit: number } = { after: from, limit: limit + 1 };
      const page: DirectoryPage = await this.#calls.call(DIRECTORY_NAME, "listEntries", query);
      const { entries } = page;
      const isComplete = await Promise.all(
        entries.map((entry) => this.#isComplete(entry, page.at)),
      );
      found.push(...entries.filter((_, i) => isComplete[i]).map(({ tenantId }) => tenantId));
      from = page.next;
    }
    const { page, next } = pageOf(found, limit);
    return { tenantIds: page, next };
  }

  async #isComplete(entry: DirectoryEntry, at: number): Promise<boolean> {
    const { tenantId, isConfirmed } = entry;
    if (isConfirmed) return true;
    const presence = await this.#calls.call(tenantId, "presence", tenantId);
    await this.#record("settleEntry", entry, at, presence);
    return presence === "complete";
  }

  async #end(tenantId: string, registration: Registration): Promise<void> {
    let presence: Presence;
    try {
      presence = await this.#calls.call(tenantId, "presence", tenantId);
    } catch {
      return;
    }
    await this.#record("endOperation", tenantId, registration, presence);
  }

  /** The directory only saves later questions by it, so a failure is none of the caller's. */
  async #record<M extends "endOperation" | "settleEntry">(
    method: M,
    ...args: Parameters<ObjectMethods[M]>
  ): Promise<void> {
    try {
      await this.#calls.call(DIRECTORY_NAME, method, ...args);
    } catch {
      // The entry stays unconfirmed.
    }
  }
}

function tooOld(tenantId: string): SynthaError {
  return new SynthaError(
    "UNAVAILABLE",
    `The object of tenant ${JSON.stringify(tenantId)} found ${MAX_ATTEMPTS} registrations too old, one after another; nothing was changed.`,
    {
      hint: "Try again. The clocks of its machine and of the directory's may differ by more than 10 minutes.",
    },
  );
}
