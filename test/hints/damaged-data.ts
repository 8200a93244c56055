import { ContextMesh, exportTenant, type SynthaError } from "@syntha/core";
import {
  CORRUPT_PERMISSIONS,
  CORRUPT_TASK,
  type FullStorage,
  type ItemRow,
  type TenantRecord,
} from "@syntha/core/storage";
import { first, type HintCase, hintCases, replacing, type Scene } from "./hint-case.ts";

/** Values, data and topics of this text come back damaged. */
const DAMAGED = "damaged";
const BROKEN = '{"half": tru';

/** The task of items with this priority comes back damaged. */
const DAMAGED_PRIORITY = 9;

const damaged = (text: string): string => (text === `"${DAMAGED}"` ? BROKEN : text);

const damagedRow = (row: ItemRow): ItemRow => ({
  ...row,
  value: damaged(row.value),
  task: row.task?.priority === DAMAGED_PRIORITY ? CORRUPT_TASK : row.task,
});

/** The storage of a scene, as if its disk had damaged what is called so. */
function damagedStorage({ storage }: Scene): FullStorage {
  return replacing<FullStorage>(storage, {
    get: async (...args) => {
      const answer = await storage.get(...args);
      const items = answer.items.map((row) => row && damagedRow(row));
      return { ...answer, items };
    },
    list: async (...args) => {
      const answer = await storage.list(...args);
      const items = answer.items.map(damagedRow);
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
    dump: async (...args) => {
      const answer = await storage.dump(...args);
      const records = answer.records.map((record): TenantRecord => {
        if (record.type !== "entry" || record.change.type !== "put") return record;
        const { key, after } = record.change;
        if (after.value !== `"${DAMAGED}"`) return record;
        return { ...record, change: { type: "corrupt", was: "put", about: key } };
      });
      return { ...answer, records };
    },
  });
}

async function exportDamaged(scene: Scene): Promise<void> {
  const lines = exportTenant({ storage: damagedStorage(scene), tenantId: "default" });
  for await (const line of lines) void line;
}

const meshOf = (scene: Scene): ContextMesh =>
  new ContextMesh({ storage: damagedStorage(scene), sweepEvery: false, compactEvery: false });

async function thrown(errors: readonly { readonly error: SynthaError }[]): Promise<never> {
  throw errors[0]?.error as SynthaError;
}

/** Reads of what is damaged where it is stored. */
export const DAMAGE: readonly HintCase[] = [
  ...hintCases("CORRUPT_DATA", {
    "Push a new value, delete the item, or restore the database from a backup.": [
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
    ],
    "Read a later position, or keep the log for longer: `retention`.": [
      async ({ mesh, ann, clock }) => {
        const { revision } = await ann.push("a", 1, { global: true, ttl: "1m" });
        clock.advance("1m");
        await (await mesh.at(revision)).system.get("a");
      },
      async ({ mesh, ann }) => {
        const { revision } = await ann.push("a", 2, { global: true });
        if ((await (await mesh.at(revision)).system.get("a")) !== 2)
          throw new Error("It has no value.");
      },
    ],
    "Push the item again with its priority, notBefore and dependsOn": [
      async (scene) => {
        await scene.ann.push("a", 1, { global: true, priority: DAMAGED_PRIORITY });
        await meshOf(scene).agent("Ann").get("a");
      },
      async (scene) => {
        const ann = meshOf(scene).agent("Ann");
        await ann.push("a", 1, { priority: 8 });
        if ((await ann.get("a")) !== 1) throw new Error("It is not repaired.");
      },
    ],
    "Pass onCorrupt to read the others. To repair an item, push a new value or delete it.": [
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
    ],
    "Publish it again with another id, or restore the database from a backup.": [
      async (scene) => {
        await scene.ann.publish("made", DAMAGED, { global: true, id: "1" });
        await thrown((await meshOf(scene).agent("Ann").events()).corrupt);
      },
      async (scene) => {
        const ann = meshOf(scene).agent("Ann");
        await ann.publish("made", 1, { global: true, id: "2" });
        if ((await ann.events()).events.length !== 1) throw new Error("It can't be read.");
      },
    ],
    "Read what is there now, with get, list or watch({ initial: true }). compact() removes the entry.":
      [
        async (scene) => {
          await scene.ann.push("a", DAMAGED, { global: true });
          await scene.ann.push("a", 1);
          await exportDamaged(scene);
        },
        async (scene) => {
          const mesh = meshOf(scene);
          if ((await mesh.system.get("a")) !== 1) throw new Error("It can't be read.");
          await first(mesh.system.watch({ initial: true }));
          await mesh.compact({ log: { commits: 1 }, history: { commits: 1 } });
          await exportDamaged(scene);
        },
      ],
    "Set them again with mesh.setPermissions.": [
      async (scene) => {
        await scene.mesh.setPermissions("Ann", { post: [DAMAGED] });
        await meshOf(scene).permissions("Ann");
      },
      async (scene) => {
        const mesh = meshOf(scene);
        await mesh.setPermissions("Ann", { post: ["news"] });
        await mesh.permissions("Ann");
      },
    ],
  }),
];
