import { expect } from "vitest";
import { exportTenant, importTenant, MemoryStorage } from "@syntha/core";
import {
  expectEqualTenants,
  exportLines,
  Feed,
  JSON_TEXTS,
  parseJson,
  pushes,
  rejects,
  rule,
  times,
  type World,
} from "../harness/index.ts";

type Lines = Parameters<typeof importTenant>[0]["lines"];

/** Imports into a new tenant, or into the given one. */
function importLines(
  world: World,
  lines: Lines,
  tenantId = world.newTenantId(),
): ReturnType<typeof importTenant> {
  return importTenant({ storage: world.storage, lines, tenantId });
}

function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}

/** A tenant with records of every kind. */
async function seedTenant(world: World): Promise<string> {
  const mesh = world.mesh();
  const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
  await bea.subscribe(["t", "u"]);
  await bea.unsubscribe(["u"]);
  await ann.pushMany(
    JSON_TEXTS.map((text, i) => ({ key: `value ${i}`, value: parseJson(text), topics: ["t"] })),
  );
  await ann.push("expired", "secret", { global: true, ttl: "1s" });
  await ann.push("task \u{1F98A}\u2028", 1, { topics: ["t"], subscribers: ["Cid"] });
  await ann.publish("e", { a: [null, "\ud83d"] }, { topics: ["t"], id: "1" });
  await ann.publish("e", 2, { global: true });
  await mesh.setPermissions("Cid", { post: ["t"], direct: true });
  await mesh.deleteTopic("u").catch(() => undefined);
  world.clock.advance("2s");
  return mesh.tenantId;
}

export const exporting = rule(
  "R15 Exporting a tenant",
  {
    core(world, it) {
      it("passes on what the caller's own report of progress throws", async () => {
        const lines = await exportLines(world.storage, await seedTenant(world), 5);
        const gone = new Error("The window is closed.");
        const onProgress = (): never => {
          throw gone;
        };
        const tenantId = world.newTenantId();
        const importing = importTenant({ storage: world.storage, lines, tenantId, onProgress });
        await expect(importing).rejects.toBe(gone);
        expect((await importLines(world, lines, tenantId)).items).toBeGreaterThan(0);
      });

      it("imports bytes in pieces of any size", async () => {
        const tenantId = await seedTenant(world);
        const bytes = new TextEncoder().encode(
          (await exportLines(world.storage, tenantId, 5)).join(""),
        );
        for (const size of [1, 7, 4_096, bytes.length]) {
          const rightTenantId = world.newTenantId();
          const pieces = times(Math.ceil(bytes.length / size), (i) =>
            bytes.subarray(i * size, (i + 1) * size),
          );
          await importLines(world, pieces, rightTenantId);
          await expectEqualTenants(world.storage, world.storage, tenantId, rightTenantId);
        }
      });

      it("rejects damaged or incomplete input and leaves nothing", async () => {
        const tenantId = await seedTenant(world);
        const lines = await exportLines(world.storage, tenantId, 10);
        const all = lines.join("");
        const other = await exportLines(world.storage, await seedTenant(world), 10);
        const middle = Math.floor(lines.length / 2);
        const at = (index: number, line: string): string[] => lines.with(index, line);
        const damaged: readonly (readonly string[])[] = [
          [],
          [""],
          ["{}\n"],
          ["\u0000\uFFFD"],
          ["PK\u0003\u0004"],
          lines.slice(1),
          lines.slice(0, 1),
          lines.slice(0, 2),
          lines.slice(0, middle),
          lines.slice(0, -1),
          lines.toSpliced(middle, 1),
          lines.toSpliced(middle, 0, lines[middle] as string),
          [...lines, lines.at(-1) as string],
          [...lines, ...lines],
          at(middle, lines[middle + 1] as string),
          at(middle, other[middle] as string),
          at(middle, "\n"),
          [all.slice(0, all.length / 2)],
          [all.slice(0, -2)],
          [all.replace('"version":1', '"version":2')],
          [all.replace("value 3", "value 4")],
          [all.replaceAll('"Ann"', '"Eve"')],
        ];
        const before = await world.storage.listTenants({ limit: 1_000 });
        for (const pieces of damaged) {
          const as = world.newTenantId();
          await rejects(importLines(world, pieces, as), "STORAGE_MISMATCH");
          const left = await world.storage.dump({ tenantId: as, limit: 1, section: "agents" });
          expect(left.header).toBeNull();
        }
        expect(await world.storage.listTenants({ limit: 1_000 })).toEqual(before);
      });

      it("rejects an existing target and a missing source", async () => {
        const tenantId = await seedTenant(world);
        const lines = await exportLines(world.storage, tenantId);
        await rejects(importTenant({ storage: world.storage, lines }), "TENANT_EXISTS");
        await rejects(importLines(world, lines, ""), "INVALID_TENANT");
        await rejects(exportLines(world.storage, "none such"), "NOT_FOUND");
        expect(await world.mesh({ tenantId }).system.get("task \u{1F98A}\u2028")).toBe(1);
      });

      it("closes its source when the reader stops", async () => {
        const storage = await world.separateStorage();
        const source = await seedTenant(world);
        await importTenant({ storage, lines: await exportLines(world.storage, source) });
        for await (const line of exportTenant({ storage, tenantId: source, batch: 1 })) {
          expect(line).not.toBe("");
          if (line.includes('"page"')) break;
        }
        await rejects(storage.stats(source), "CLOSED");
      });
    },
    storage(world, it) {
      it("keeps cursors and tokens valid after an import", async () => {
        const source = world.mesh();
        const bea = source.agent("Bea");
        await bea.subscribe(["t"]);
        await source.system.push("task", 1, { topics: ["t"] });
        const lease = (await bea.claim({ topic: "t" }, { lease: "1h" }))!;
        const feed = new Feed(bea.watch());
        await source.system.push("seen", 1, { topics: ["t"] });
        const { cursor } = await feed.next();
        await source.system.push("missed", 1, { topics: ["t"] });
        const tenantId = world.newTenantId();
        await importLines(world, await exportLines(world.storage, source.tenantId), tenantId);
        const copy = world.mesh({ tenantId });
        const resumed = new Feed(copy.agent("Bea").watch({ since: cursor }));
        expect(await resumed.lines(1)).toEqual(["put missed=1"]);
        await copy.agent("Bea").lease("task", lease.token).complete("done");
        expect(await copy.system.get("task")).toBe("done");
      });

      it("exports one moment of a changing tenant", async ({ mesh }) => {
        const { tenantId, system } = mesh;
        for (let i = 0; i < 12; i++) await system.push(`k${i}`, 0, { global: true });
        const lines: string[] = [];
        let n = 0;
        for await (const line of exportTenant({ storage: world.storage, tenantId, batch: 3 })) {
          lines.push(line);
          if (n++ > 12) continue;
          await system.pushMany(pushes({ left: n, right: n }, { global: true }));
          await system.delete(`k${n}`);
        }
        const as = world.newTenantId();
        const { head } = await importLines(world, lines, as);
        const copy = world.mesh({ tenantId: as }).system;
        const { left, right } = await copy.getMany(["left", "right"]);
        expect(left).toBe(right);
        expect(left).toBeGreaterThan(5);
        expect((await world.storage.stats(as)).head).toBe(head);
      });

      it("hides an import until it is complete", async () => {
        const tenantId = await seedTenant(world);
        const as = world.newTenantId();
        const watched = async function* (): AsyncGenerator<string> {
          for (const line of await exportLines(world.storage, tenantId, 4)) {
            expect(await world.mesh({ tenantId: as }).system.keys()).toEqual([]);
            yield line;
          }
        };
        await importLines(world, watched(), as);
        expect(await world.mesh({ tenantId: as }).system.keys()).toHaveLength(
          JSON_TEXTS.length + 1,
        );
      });

      it("restarts an import after a kill or an abort", async () => {
        const tenantId = await seedTenant(world);
        const rightTenantId = world.newTenantId();
        const lines = await exportLines(world.storage, tenantId, 5);
        const stuck = new AbortController();
        const reached = new AbortController();
        // Stops there, as a killed process does.
        const begun = async function* (): AsyncGenerator<string> {
          yield* lines.slice(0, -3);
          reached.abort();
          await abortOf(stuck.signal);
          throw new Error("killed");
        };
        const killed = importLines(world, begun(), rightTenantId);
        await abortOf(reached.signal);
        await importLines(world, lines, rightTenantId);
        stuck.abort();
        await rejects(killed, "STORAGE_MISMATCH");
        await expectEqualTenants(world.storage, world.storage, tenantId, rightTenantId);

        const ended = new AbortController();
        const third = world.newTenantId();
        const aborted = importTenant({
          storage: world.storage,
          lines: (function* () {
            for (const [i, line] of lines.entries()) {
              if (i === 4) ended.abort();
              yield line;
            }
          })(),
          tenantId: third,
          signal: ended.signal,
        });
        await rejects(aborted, "ABORTED");
        await importLines(world, lines, third);
      });

      it("does not disturb a concurrent import of the same tenant", async () => {
        const tenantId = await seedTenant(world);
        const rightTenantId = world.newTenantId();
        const lines = await exportLines(world.storage, tenantId, 5);
        const begun = new AbortController();
        const [ahead, over] = [new AbortController(), new AbortController()];
        const first = async function* (): AsyncGenerator<string> {
          yield* lines.slice(0, 3);
          begun.abort();
          await abortOf(ahead.signal);
          yield* lines.slice(3);
        };
        const second = async function* (): AsyncGenerator<string> {
          yield* lines.slice(0, -3);
          ahead.abort();
          await abortOf(over.signal);
          yield* lines.slice(-3);
        };
        const overtaken = importLines(world, first(), rightTenantId);
        // Ensures that this import loads its first page first.
        await abortOf(begun.signal);
        const other = importLines(world, second(), rightTenantId);
        await rejects(overtaken, "UNAVAILABLE");
        over.abort();
        await other;
        await expectEqualTenants(world.storage, world.storage, tenantId, rightTenantId);
      });
    },
    wrapper(world, it) {
      it.each([1, 3, 1_000])("round-trips a tenant in pages of %i records", async (batch) => {
        const tenantId = await seedTenant(world);
        const lines = await exportLines(world.storage, tenantId, batch);
        for (const line of lines) expect(line).toMatch(/^\{"sum":"[0-9a-f]{64}",[^\n]*\}\n$/);
        expect(lines[0]).toContain(`"version":1,"tenantId":${JSON.stringify(tenantId)}`);
        const memory = new MemoryStorage({ clock: world.clock });
        await memory.open();
        const imported = await importTenant({ storage: memory, lines });
        const { items, expired, events, logEntries } = await world.storage.stats(tenantId);
        expect(imported).toMatchObject({ tenantId, items: items + expired, events, logEntries });
        await expectEqualTenants(world.storage, memory, tenantId);
        const rightTenantId = world.newTenantId();
        const back = await exportLines(memory, tenantId, batch);
        await importLines(world, back, rightTenantId);
        await expectEqualTenants(world.storage, world.storage, tenantId, rightTenantId);
        await memory.close();
      });
    },
  },
  ["dump"],
);
