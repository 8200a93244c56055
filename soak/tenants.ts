import { type ContextMesh, isSynthaError, type Storage, TenantRegistry } from "@syntha/core";
import type { FullStorage } from "@syntha/core/storage";
import { manualClock } from "@syntha/core/testing";
import { alone } from "./harness/alone.ts";
import { meshOn } from "./harness/mesh-on.ts";
import type { Findings, Program } from "./harness/program.ts";
import { Random } from "./harness/random.ts";
import type { Run } from "./harness/run.ts";
import { spellAnswer } from "./tenants/answer.ts";
import type { Known, Try } from "./tenants/attempt.ts";
import { lookAlike, TENANTS } from "./tenants/look-alike.ts";
import {
  AGENT_TRIES,
  LEASE_TRIES,
  MESH_TRIES,
  REGISTRY_TRIES,
  SYSTEM_TRIES,
} from "./tenants/mesh-tries.ts";
import { STORAGE_TRIES } from "./tenants/storage-tries.ts";

const AGENTS = ["Ann", "Bea", "Dov"];
/** Tries between two looks at everything that each tenant holds. */
const LOOK_EVERY = 2_000;

const TRIES: readonly (readonly [name: string, attempt: Try])[] = Object.entries({
  "storage.": STORAGE_TRIES,
  "agent.": AGENT_TRIES,
  "lease.": LEASE_TRIES,
  "system.": SYSTEM_TRIES,
  "mesh.": MESH_TRIES,
  "registry.": REGISTRY_TRIES,
}).flatMap(([kind, tries]) =>
  Object.entries(tries).map(([name, attempt]): [string, Try] => [`${kind}${name}`, attempt]),
);

/** Every method, through tenants whose names look like another's, with all that was handed out there. */
export const tenants: Program = {
  name: "tenants",
  promise: "No call of one tenant reaches another, or tells whether it exists",
  storages: ["sqlite", "postgres", "memory"],
  unit: "calls",
  count: 100_000,
  run: pry,
};

/** A tenant that nobody else may reach. */
interface Owner {
  readonly name: string;
  /** Part of every value, and of some names, that nobody else could know. */
  readonly secret: string;
  readonly known: Known;
  /** All that it holds. */
  readonly contents: string;
  readonly stats: string;
}

async function pry(run: Run): Promise<Findings> {
  const clock = manualClock();
  const storage = run.site.storage(clock) as FullStorage;
  const registry = new TenantRegistry({ storage, sweepEvery: false });
  const owners: Owner[] = [];
  for (const name of TENANTS) owners.push(await furnish(registry.mesh(name), storage));
  const secrets = owners.map(({ secret }) => secret);
  const reached = new Map<string, number>();
  let [done, leaks, tells] = [0, 0, 0];
  for (; done < run.count && !run.isOver; done++) {
    run.progress(done);
    const owner = run.random.pick(owners);
    const like = stranger(owner, run.random);
    const [name, attempt] = run.random.pick(TRIES);
    reached.set(name, (reached.get(name) ?? 0) + 1);
    const seed = run.random.seed();
    const of = (tenant: string): Promise<string> =>
      answerOf({ storage, registry, tenant, known: owner.known, seed }, attempt);
    const is = await of(like);
    const due = await of(`nobody ${run.random.seed()}`);
    const call = `${name} as ${JSON.stringify(like)}, made from ${JSON.stringify(owner.name)},`;
    if (secrets.some((secret) => is.includes(secret))) {
      leaks++;
      run.breach(`${call} told ${is}`);
    }
    if (is !== due) {
      tells++;
      run.breach(`${call} was answered ${is}, and where nothing is ${due}`);
    }
    const stats = JSON.stringify(await storage.stats(owner.name));
    run.expect(stats === owner.stats, () => `${call} changed it: ${stats}, it was ${owner.stats}`);
    if (done % LOOK_EVERY === 0) await look(run, storage, owners);
  }
  await look(run, storage, owners);
  const unused = TRIES.length - reached.size;
  run.expect(run.isOver || done < 2_000 || unused === 0, () => `${unused} methods were not tried`);
  await registry.close();
  return {
    done,
    figures: {
      methods: reached.size,
      tenants: owners.length,
      "rows of another": leaks,
      "answers unlike those where nothing is": tells,
    },
  };
}

/** Fills a tenant; what others may know is the same for all of them. */
async function furnish(mesh: ContextMesh, storage: Storage): Promise<Owner> {
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
  if (lease === undefined) throw new Error("There is nothing to claim.");
  const told = await feed.next();
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
    cursors: [cursor, ...(told.done ? [] : [told.value.cursor])],
    places: [end, middle],
    lease: { position: row?.lease?.position ?? 0, leaseId: row?.lease?.leaseId ?? 0 },
    epoch: (await storage.stats(name)).epoch,
  };
  const contents = await contentsOf(storage, name);
  return { name, secret, known, contents, stats: JSON.stringify(await storage.stats(name)) };
}

function stranger({ name }: Owner, random: Random): string {
  for (;;) {
    const like = lookAlike(name, random);
    if (!TENANTS.includes(like)) return like;
  }
}

interface Place {
  readonly storage: FullStorage;
  readonly registry: TenantRegistry;
  readonly tenant: string;
  readonly known: Known;
  readonly seed: number;
}

/** One try through a tenant that does not exist, and is gone again afterwards. */
async function answerOf({ seed, ...place }: Place, attempt: Try): Promise<string> {
  const { storage, tenant } = place;
  const mesh = meshOn(storage, tenant);
  let answer: unknown;
  try {
    answer = await attempt({ ...place, mesh, random: new Random(seed) });
  } catch (error) {
    // Anything else is a defect, whatever it tells.
    if (!isSynthaError(error)) throw error;
    answer = error;
  } finally {
    await mesh.close();
  }
  const { epoch } = await storage.stats(tenant);
  if (epoch !== "") await storage.dropTenant({ tenantId: tenant });
  return spellAnswer(answer, epoch, place.known.epoch);
}

/** Whether every tenant holds what it held, and there is no other. */
async function look(run: Run, storage: Storage, owners: readonly Owner[]): Promise<void> {
  for (const { name, contents } of owners) {
    const is = await contentsOf(storage, name);
    run.expect(is === contents, () => `${JSON.stringify(name)} now holds ${is}, not ${contents}`);
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

await alone(import.meta.url, tenants);
