import * as fc from "fast-check";
import { expect, it } from "vitest";
import { ContextMesh } from "@syntha/core";
import { decide, type FullStorage } from "@syntha/core/storage";
import { manualClock } from "@syntha/core/testing";
import type { StorageContract } from "../contract.ts";
import {
  assertSame,
  MANUAL_MAINTENANCE,
  rejects,
  runParameters,
  TIMEOUT_MS,
} from "../harness/index.ts";
import { pastView, type PastView, type SeenItem } from "./past-view.ts";
import { type GrantedLease, type Step, stepSequences, TENANTS } from "./step.ts";
import { leasesOf } from "./tested-storage.ts";

/** Each run reads the mesh at every position. */
const MAX_RUNS = 8;

/** Registers random steps after which the mesh at each position must be what it was then. */
export function registerPast(contract: StorageContract): void {
  it(
    "shows the mesh as it was after each commit of random steps",
    async ({ skip }) => {
      const fixture = await contract.create({ clock: manualClock() });
      await fixture.storage.open();
      await fixture.storage.close();
      await fixture.cleanup();
      const { dump, pastSubscriptions } = fixture.storage.supports;
      if (!dump || !pastSubscriptions) skip("it does not support dump and pastSubscriptions");
      const property = fc.asyncProperty(stepSequences, fc.boolean(), (steps, compacts) =>
        compare(contract, compacts ? steps : steps.filter(({ type }) => type !== "compact")),
      );
      expect.hasAssertions();
      const { runs = MAX_RUNS } = contract;
      await fc.assert(property, {
        ...runParameters(Math.min(runs, MAX_RUNS)),
        endOnFailure: false,
      });
    },
    TIMEOUT_MS,
  );
}

async function compare(contract: StorageContract, steps: readonly Step[]): Promise<void> {
  const clock = manualClock(1_000_000);
  const fixture = await contract.create({ clock });
  const storage = fixture.storage as FullStorage;
  const tenantId = TENANTS[0] as string;
  const mesh: ContextMesh = new ContextMesh({ storage, tenantId, ...MANUAL_MAINTENANCE });
  try {
    const run = new Run(mesh, storage);
    await run.record();
    for (const step of steps) {
      if (step.type === "clock") clock.advance(Math.max(0, step.ms));
      else await run.apply(step);
    }
    await run.check();
  } finally {
    await mesh.close();
    await fixture.cleanup();
  }
}

class Run {
  readonly #mesh: ContextMesh;
  readonly #storage: FullStorage;
  readonly #views = new Map<number, PastView>();
  /** Keys of items that had an expiry. */
  readonly #expiring = new Set<string>();
  #granted: readonly GrantedLease[] = [];
  /** What was written without a log entry, or taken out of earlier events. */
  #hasExtensions = false;
  #hasDeletedTopics = false;

  constructor(mesh: ContextMesh, storage: FullStorage) {
    this.#mesh = mesh;
    this.#storage = storage;
  }

  /** Keeps what the agents see, if there was a commit. */
  async record(): Promise<void> {
    const { revision } = await this.#mesh.stats();
    if (this.#views.has(revision)) return;
    const view = await pastView(this.#mesh);
    this.#views.set(revision, view);
    for (const { header } of view.items["system"] ?? [])
      if (header.expiresAt !== undefined) this.#expiring.add(header.key);
  }

  async apply(step: Step): Promise<void> {
    const { tenantId } = this.#mesh;
    if (step.type === "compact") await this.#storage.compact({ ...step, tenantId });
    if (step.type !== "commit") return;
    for (const draft of step.drafts) {
      const { epoch } = await this.#storage.stats(tenantId);
      const commit = draft(this.#granted, epoch);
      const [outcome] = await this.#storage.commit(tenantId, [commit], decide);
      if (!outcome?.ok) continue;
      this.#granted = [...this.#granted, ...leasesOf(outcome, commit.actor)];
      this.#hasExtensions ||= commit.ops.some(({ type }) => type === "extend");
      this.#hasDeletedTopics ||= commit.ops.some(({ type }) => type === "deleteTopic");
      await this.record();
    }
  }

  async check(): Promise<void> {
    const { revision, floor } = await this.#mesh.stats();
    for (let position = floor; position <= revision; position++) await this.#checkAt(position);
    await rejects(this.#mesh.at(revision + 1), "INVALID_CURSOR");
    if (floor > 0) await rejects(this.#mesh.at(floor - 1), "CURSOR_COMPACTED");
  }

  async #checkAt(position: number): Promise<void> {
    const then = this.#views.get(position) as PastView;
    const past = await this.#mesh.at(position);
    const found = await pastView(past);
    await past.close();
    const { floor } = await this.#mesh.stats();
    const context = `at position ${position}, with the floor at ${floor}`;
    const same = (part: keyof PastView): void =>
      assertSame(`${part} ${context}`, found[part], then[part]);
    same("subscriptions");
    for (const [name, items] of Object.entries(found.items))
      this.#checkItems(`${context}, for ${name}`, items, then.items[name] ?? [], floor, position);
    for (const [name, permissions] of Object.entries(found.permissions))
      if (floor === 0 || permissions !== "missing")
        assertSame(`permissions of ${name} ${context}`, permissions, then.permissions[name]);
    if (floor > 0) return;
    if (!this.#hasDeletedTopics) same("events");
    for (const part of ["explanations", "topics", "agents", "counts"] as const)
      if (position > 0) same(part);
  }

  #checkItems(
    context: string,
    found: readonly SeenItem[],
    then: readonly SeenItem[],
    floor: number,
    position: number,
  ): void {
    const isWhole = floor === 0;
    // The time of the floor's commit is gone with it: what expired until the next one is hidden.
    const isTimeKnown = isWhole || position > floor;
    const absent = then.filter(
      ({ header: { key, expiresAt } }) =>
        (isTimeKnown || expiresAt === undefined) && !found.some(({ header }) => header.key === key),
    );
    assertSame(`what is absent ${context}`, absent, []);
    for (const item of found) {
      const { key } = item.header;
      const seen = then.find(({ header }) => header.key === key);
      // Whether it had expired is in the entry that was compacted.
      if (seen === undefined) assertSame(`whether "${key}" is invented ${context}`, isWhole, false);
      if (item.value !== undefined) assertSame(`"${key}" ${context}`, item.value, seen?.value);
      // Of a whole log, only the values of items that expire are missing.
      else if (isWhole) assertSame(`"${key}" expires ${context}`, this.#expiring.has(key), true);
      if (seen === undefined) continue;
      const isKept = isWhole || item.value !== undefined;
      const [header, headerThen] = [item, seen].map((each) => this.#logged(each, isWhole, isKept));
      assertSame(`the header of "${key}" ${context}`, header, headerThen);
    }
  }

  /** What the log holds of an item. */
  #logged({ header }: SeenItem, isWhole: boolean, isKept: boolean): unknown {
    const { state, pendingDependencies, ...rest } = header;
    if (isWhole) return { ...rest, pendingDependencies, ...(!this.#hasExtensions && { state }) };
    const { key, topics, subscribers, global, owner, revision } = rest;
    return isKept ? rest : { key, topics, subscribers, global, owner, revision };
  }
}
