import { ContextMesh, exportTenant, type Storage, type SynthaError } from "@syntha/core";
import { CORRUPT_PERMISSIONS } from "@syntha/core/storage";
import { first, hintCase, type HintCase, type Scene } from "./hint-case.ts";

/** Values, data and topics of this text come back damaged. */
const DAMAGED = "damaged";
const BROKEN = '{"half": tru';

const damaged = (text: string): string => (text === `"${DAMAGED}"` ? BROKEN : text);

/** The storage of a scene, as if its disk had damaged what is called so. */
function damagedStorage({ storage }: Scene): Storage {
  const values: Storage = {
    traits: storage.traits,
    supports: storage.supports,
    open: async () => {},
    close: async () => {},
    commit: (...args) => storage.commit(...args),
    topics: (...args) => storage.topics(...args),
    stats: (...args) => storage.stats(...args),
    onCommit: (...args) => storage.onCommit(...args),
    get: async (...args) => {
      const answer = await storage.get(...args);
      const items = answer.items.map((row) => row && { ...row, value: damaged(row.value) });
      return { ...answer, items };
    },
    list: async (...args) => {
      const answer = await storage.list(...args);
      const items = answer.items.map((row) => ({ ...row, value: damaged(row.value) }));
      return { ...answer, items };
    },
    events: async (...args) => {
      const answer = await storage.events(...args);
      const events = answer.events.map((row) => ({ ...row, data: damaged(row.data) }));
      return { ...answer, events };
    },
    agents: async (...args) => {
      const answer = await storage.agents(...args);
      const agents = answer.agents.map((agent) =>
        agent.permissions?.post.includes(DAMAGED)
          ? { ...agent, permissions: CORRUPT_PERMISSIONS }
          : agent,
      );
      return { ...answer, agents };
    },
    log: (...args) => storage.log(...args),
    listTenants: (...args) => storage.listTenants(...args),
    dropTenant: (...args) => storage.dropTenant(...args),
    compact: (...args) => storage.compact(...args),
    load: (...args) => storage.load(...args),
    dump: async (...args) => {
      const answer = await storage.dump(...args);
      const records = answer.records.map((record) =>
        record.type === "entry" &&
        record.change.type === "put" &&
        record.change.after.value === `"${DAMAGED}"`
          ? {
              ...record,
              change: { type: "corrupt", was: "put", about: record.change.key } as const,
            }
          : record,
      );
      return { ...answer, records };
    },
  };
  return values;
}

const meshOf = (scene: Scene): ContextMesh =>
  new ContextMesh({ storage: damagedStorage(scene), sweepEvery: false, compactEvery: false });

async function thrown(errors: readonly { readonly error: SynthaError }[]): Promise<never> {
  throw errors[0]?.error as SynthaError;
}

/** Reads of what is damaged where it is stored. */
export const DAMAGE: readonly HintCase[] = [
  hintCase(
    "CORRUPT_DATA",
    "Push a new value, delete the item, or restore the database from a backup.",
    async (scene) => {
      await scene.ann.push("a", DAMAGED, { global: true });
      await meshOf(scene).agent("Ann").get("a");
    },
    async (scene) => {
      const ann = meshOf(scene).agent("Ann");
      await ann.push("a", 1);
      if ((await ann.get("a")) !== 1) throw new Error("It is not repaired.");
      await ann.push("a", DAMAGED);
      await ann.delete("a");
    },
  ),
  hintCase(
    "CORRUPT_DATA",
    "Pass onCorrupt to read the others. To repair an item, push a new value or delete it.",
    async (scene) => {
      for (const key of ["a", "b"]) await scene.ann.push(key, DAMAGED, { global: true });
      await scene.ann.push("c", 1, { global: true });
      await meshOf(scene).agent("Ann").getAll();
    },
    async (scene, { details }) => {
      const ann = meshOf(scene).agent("Ann");
      const found = await ann.getAll({ onCorrupt: () => undefined });
      if (Object.keys(found).join() !== "c") throw new Error("It does not read the others.");
      for (const key of details.keys ?? []) await ann.push(key, 1);
      await ann.getAll();
    },
  ),
  hintCase(
    "CORRUPT_DATA",
    "Publish it again with another id, or restore the database from a backup.",
    async (scene) => {
      await scene.ann.publish("made", DAMAGED, { global: true, id: "1" });
      await thrown((await meshOf(scene).agent("Ann").events()).corrupt);
    },
    async (scene) => {
      const ann = meshOf(scene).agent("Ann");
      await ann.publish("made", 1, { global: true, id: "2" });
      if ((await ann.events()).events.length !== 1) throw new Error("It can't be read.");
    },
  ),
  hintCase(
    "CORRUPT_DATA",
    "Read what is there now, with get, list or watch({ initial: true }). compact() removes the entry.",
    async (scene) => {
      await scene.ann.push("a", DAMAGED, { global: true });
      await scene.ann.push("a", 1);
      for await (const line of exportTenant({
        storage: damagedStorage(scene),
        tenantId: "default",
      }))
        void line;
    },
    async (scene) => {
      const mesh = meshOf(scene);
      if ((await mesh.system.get("a")) !== 1) throw new Error("It can't be read.");
      await first(mesh.system.watch({ initial: true }));
      await mesh.compact({ log: { commits: 1 }, history: { commits: 1 } });
      for await (const line of exportTenant({
        storage: damagedStorage(scene),
        tenantId: "default",
      }))
        void line;
    },
  ),
  hintCase(
    "CORRUPT_DATA",
    "Set them again with mesh.setPermissions.",
    async (scene) => {
      await scene.mesh.setPermissions("Ann", { post: [DAMAGED] });
      await meshOf(scene).permissions("Ann");
    },
    async (scene) => {
      const mesh = meshOf(scene);
      await mesh.setPermissions("Ann", { post: ["news"] });
      await mesh.permissions("Ann");
    },
  ),
];
