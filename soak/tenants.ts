import { type ContextMesh, isSynthaError, type Storage, TenantRegistry } from "@syntha/core";
import type { FullStorage } from "@syntha/core/storage";
import { manualClock } from "@syntha/core/testing";
import { Random } from "@syntha/testing-random";
import { createMesh } from "./harness/storage.ts";
import type { Findings, Program, Run } from "./harness/run.ts";
import { normalizeAnswer } from "./tenants/answer.ts";
import type { AttemptFn, Known } from "./tenants/attempt.ts";
import { lookAlike, TENANTS } from "./tenants/look-alike.ts";
import {
  AGENT_ATTEMPTS,
  LEASE_ATTEMPTS,
  MESH_ATTEMPTS,
  REGISTRY_ATTEMPTS,
  SYSTEM_ATTEMPTS,
} from "./tenants/mesh-attempts.ts";
import { STORAGE_ATTEMPTS } from "./tenants/storage-attempts.ts";

const AGENTS = ["Ann", "Bea", "Dov"];
/** Attempts between two checks of everything that each tenant holds. */
const VERIFY_EVERY = 2_000;

const ATTEMPTS: readonly (readonly [name: string, attempt: AttemptFn])[] = Object.entries({
  "storage.": STORAGE_ATTEMPTS,
  "agent.": AGENT_ATTEMPTS,
  "lease.": LEASE_ATTEMPTS,
  "system.": SYSTEM_ATTEMPTS,
  "mesh.": MESH_ATTEMPTS,
  "registry.": REGISTRY_ATTEMPTS,
}).flatMap(([kind, attempts]) =>
  Object.entries(attempts).map(([name, attempt]): [string, AttemptFn] => [
    `${kind}${name}`,
    attempt,
  ]),
);

/** Every method, called through tenants with similar names and with the ids, tokens and cursors of another tenant. */
export const tenants: Program = {
  name: "tenants",
  guarantee: "No call of one tenant reaches another tenant, or reveals whether it exists",
  storages: ["sqlite", "postgres", "memory"],
  unit: "calls",
  count: 100_000,
  run: runTenants,
};

/** A tenant that no other tenant may reach. */
interface SeededTenant {
  readonly name: string;
  /** Part of every value and of some names; no other tenant knows it. */
  readonly secret: string;
  readonly known: Known;
  /** Everything that it holds, as JSON. */
  readonly contents: string;
  readonly stats: string;
}

async function runTenants(run: Run): Promise<Findings> {
  const clock = manualClock();
  const storage = run.database.storage(clock) as FullStorage;
  const registry = new TenantRegistry({ storage, sweepEvery: false });
  const owners: SeededTenant[] = [];
  for (const name of TENANTS) owners.push(await seedTenant(registry.mesh(name), storage));
  const secrets = owners.map(({ secret }) => secret);
  const reached = new Map<string, number>();
  let [done, leaks, differences] = [0, 0, 0];
  for (; run.continues(done); done++) {
    const owner = run.random.pick(owners);
    const like = unusedLookAlike(owner, run.random);
    const [name, attempt] = run.random.pick(ATTEMPTS);
    reached.set(name, (reached.get(name) ?? 0) + 1);
    const seed = run.random.seed();
    const answerFor = (tenant: string): Promise<string> =>
      answerOf({ storage, registry, tenant, known: owner.known, seed }, attempt);
    const actual = await answerFor(like);
    const expected = await answerFor(`absent ${run.random.seed()}`);
    const call = `${name} as ${JSON.stringify(like)}, similar to ${JSON.stringify(owner.name)},`;
    if (secrets.some((secret) => actual.includes(secret))) {
      leaks++;
      run.breach(`${call} revealed ${actual}`);
    }
    if (actual !== expected) {
      differences++;
      run.breach(`${call} returned ${actual}, but ${expected} for an absent tenant`);
    }
    const stats = JSON.stringify(await storage.stats(owner.name));
    run.expect(
      stats === owner.stats,
      () => `${call} changed the stats from ${owner.stats} to ${stats}`,
    );
    if (done % VERIFY_EVERY === 0) await verifyContents(run, storage, owners);
  }
  await verifyContents(run, storage, owners);
  const unused = ATTEMPTS.length - reached.size;
  run.expect(run.isOver || done < 2_000 || unused === 0, () => `${unused} methods were not called`);
  await registry.close();
  return {
    done,
    figures: {
      methods: reached.size,
      tenants: owners.length,
      "rows of another tenant": leaks,
      "answers that differ from those for an absent tenant": differences,
    },
  };
}

/** Fills a tenant; everything but its secret is the same in all of them. */
async function seedTenant(mesh: ContextMesh, storage: Storage): Promise<SeededTenant> {
  const { tenantId: name } = mesh;
  const secret = `secret-${Math.random().toString(36).slice(2)}`;
  const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
  await bea.subscribe(["t", secret]);
  const feed = bea.watch();
  await ann.push("it", secret, { topics: ["t"] });
  await ann.push("task", secret, { topics: ["t"] });
  await ann.push(secret, secret, { topics: ["t"], subscribers: [secret] });
  await ann.push("for all", secret, { global: true, ttl: "1h" });
  await mesh.agent(secret).push("hidden", secret, { topics: [secret] });
  await ann.publish("happened", secret, { topics: ["t"], id: "e" });
  await mesh.setPermissions("Ann", { post: ["t", secret], direct: true, global: true });
  const lease = await bea.claim({ key: "task" }, { lease: "1h" });
  if (lease === undefined) throw new Error("The seeded item could not be claimed.");
  const change = await feed.next();
  await feed.return();
  const { cursor } = await bea.events();
  const { end } = await storage.log(name, { after: "end", limit: 1 });
  const { end: middle } = await storage.log(name, { after: "start", limit: 3 });
  const [row] = (await storage.get(name, null, ["task"])).items;
  const known: Known = {
    keys: ["it", "task", "for all", "hidden", "none"],
    topics: ["t", "u"],
    agents: AGENTS,
    eventIds: ["e", "f"],
    tokens: [lease.token],
    cursors: [cursor, ...(change.done ? [] : [change.value.cursor])],
    places: [end, middle],
    lease: { position: row?.lease?.position ?? 0, leaseId: row?.lease?.leaseId ?? 0 },
    epoch: (await storage.stats(name)).epoch,
  };
  const contents = await contentsOf(storage, name);
  return { name, secret, known, contents, stats: JSON.stringify(await storage.stats(name)) };
}

function unusedLookAlike({ name }: SeededTenant, random: Random): string {
  for (;;) {
    const like = lookAlike(name, random);
    if (!TENANTS.includes(like)) return like;
  }
}

interface AttemptInput {
  readonly storage: FullStorage;
  readonly registry: TenantRegistry;
  readonly tenant: string;
  readonly known: Known;
  readonly seed: number;
}

/** The answer to one attempt through a tenant that does not exist; the tenant is dropped afterwards. */
async function answerOf({ seed, ...input }: AttemptInput, attempt: AttemptFn): Promise<string> {
  const { storage, tenant } = input;
  const mesh = createMesh(storage, tenant);
  let answer: unknown;
  try {
    answer = await attempt({ ...input, mesh, random: new Random(seed) });
  } catch (error) {
    // Any other error is a defect.
    if (!isSynthaError(error)) throw error;
    answer = error;
  } finally {
    await mesh.close();
  }
  const { epoch } = await storage.stats(tenant);
  if (epoch !== "") await storage.dropTenant({ tenantId: tenant });
  return normalizeAnswer(answer, epoch, input.known.epoch);
}

/** Verifies that every tenant is unchanged and that no other tenant exists. */
async function verifyContents(
  run: Run,
  storage: Storage,
  owners: readonly SeededTenant[],
): Promise<void> {
  for (const { name, contents } of owners) {
    const actual = await contentsOf(storage, name);
    run.expect(
      actual === contents,
      () => `${JSON.stringify(name)} now holds ${actual}, not ${contents}`,
    );
  }
  const { tenantIds: names } = await storage.listTenants({ limit: 1_000 });
  run.expect(names.length === owners.length, () => `there are ${names.length} tenants`);
}

async function contentsOf(storage: Storage, tenant: string): Promise<string> {
  const limit = 1_000;
  const agents = AGENTS.map((name) => storage.agents(tenant, { name }));
  return JSON.stringify([
    await storage.stats(tenant),
    await storage.list(tenant, { actor: null, limit }),
    await storage.events(tenant, { actor: null, limit }),
    await storage.topics(tenant, { limit }),
    await Promise.all(agents),
    await storage.log(tenant, { after: "start", limit }),
  ]);
}
