import { afterAll, beforeAll, beforeEach, describe, it, type TestAPI } from "vitest";
import type { ContextMesh } from "@syntha/core";
import type { Capability } from "@syntha/core/storage";
import type { Scope, StorageContract } from "../contract.ts";
import { type Team, World } from "./world.ts";

/**
 * What makes a case fail. `core` cases need no particular storage. `storage` cases fail when a storage answers a method
 * wrongly; those under a capability are skipped on a storage that lacks it. `wrapper` cases are the part of them that
 * fails when a wrapper forwards a method wrongly.
 */
type Part = "core" | "storage" | "wrapper" | Capability;

/** One rule's cases. They share a storage; each works in its own tenants. `it` passes them a new tenant's team. */
export interface Rule {
  readonly title: string;
  readonly cases: Readonly<Partial<Record<Part, (world: World, it: TestAPI<CaseContext>) => void>>>;
  /** What all of them need. */
  readonly requires: readonly Capability[];
}

/** What a case may use: a team of a new tenant. */
interface CaseContext extends Team {
  /** The tenant's mesh as another process has it. The case is skipped where the fixture has no second handle. */
  readonly there: ContextMesh;
}

const CAPABILITIES: readonly Capability[] = ["compaction", "dump", "pastSubscriptions"];

const PARTS: Readonly<Record<Scope, readonly Part[]>> = {
  wrapper: ["wrapper"],
  storage: ["storage", "wrapper", ...CAPABILITIES],
  all: ["core", "storage", "wrapper", ...CAPABILITIES],
};

export function rule(
  title: string,
  cases: Rule["cases"],
  requires: readonly Capability[] = [],
): Rule {
  return { title, cases, requires };
}

export function registerRule(contract: StorageContract, { title, cases, requires }: Rule): void {
  const parts = PARTS[contract.scope ?? "storage"].filter((part) => cases[part] !== undefined);
  if (parts.length === 0) return;
  // oxlint-disable-next-line vitest/valid-title -- each rule gives its own
  describe(title, () => {
    const world = new World(contract);
    const ofTeam = teamTest(world);
    beforeAll(() => world.open());
    afterAll(() => world.close());
    for (const part of parts) {
      const capability = CAPABILITIES.find((each) => each === part);
      const needed = capability === undefined ? requires : [...requires, capability];
      withSupport(world, needed, () => cases[part]?.(world, ofTeam));
    }
  });
}

function teamTest(world: World): TestAPI<CaseContext> {
  return it.extend<CaseContext>({
    // oxlint-disable-next-line no-empty-pattern -- vitest reads from it that there are no dependencies
    mesh: ({}, use) => use(world.mesh()),
    there: async ({ skip, tenantId }, use) =>
      use(world.mesh({ tenantId }, await world.secondHandle(skip))),
    tenantId: ({ mesh }, use) => use(mesh.tenantId),
    system: ({ mesh }, use) => use(mesh.system),
    ann: ({ mesh }, use) => use(mesh.agent("Ann")),
    bea: ({ mesh }, use) => use(mesh.agent("Bea")),
    cid: ({ mesh }, use) => use(mesh.agent("Cid")),
    dov: ({ mesh }, use) => use(mesh.agent("Dov")),
    bot: ({ mesh }, use) => use(mesh.agent("Bot")),
    worker: ({ mesh }, use) => use(mesh.agent("Worker")),
  });
}

/** Registers cases that are skipped on a storage without these capabilities. */
export function withSupport(
  world: World,
  capabilities: readonly Capability[],
  register: () => void,
): void {
  if (capabilities.length === 0) return register();
  describe(`with ${capabilities.join(" and ")}`, () => {
    beforeEach(({ skip }) => {
      for (const capability of capabilities)
        if (!world.storage.supports[capability]) skip(`it does not support ${capability}`);
    });
    register();
  });
}
