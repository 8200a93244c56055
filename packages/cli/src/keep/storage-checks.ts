import type { OpenMesh } from "../mesh/open-mesh.ts";
import { otherTenants } from "../mesh/other-tenants.ts";
import { count, span } from "../terminal/age.ts";
import { ownVersion } from "../version.ts";
import type { Check } from "./check.ts";

export function versionCheck(): Check {
  const title = `Syntha ${ownVersion()} on Node ${process.versions.node}`;
  return { name: "versions", status: "ok", title };
}

/** Checks of the storage and of its clock. */
export async function* storageChecks(open: OpenMesh): AsyncGenerator<Check, void> {
  const { mesh, url } = open;
  const stats = await mesh.stats();
  yield storageCheck(open);
  yield* serverCheck(open);
  yield* poolerCheck(url);
  yield await clockCheck(open);
  yield {
    name: "tenant",
    ...(stats.revision === 0
      ? {
          status: "warning",
          title: `Tenant "${mesh.tenantId}" is empty`,
          advice: [
            (await otherTenants(open)) ?? "syntha push KEY VALUE --global adds the first item.",
          ],
        }
      : { status: "ok", title: `Tenant "${mesh.tenantId}" is at position #${stats.revision}` }),
  };
  yield {
    name: "log",
    status: "ok",
    title: `The log holds ${count(stats.revision - stats.floor, "commit")}, those after #${stats.floor}`,
  };
  if (stats.expired > 0)
    yield {
      name: "expired",
      status: "warning",
      title: `${count(stats.expired, "item")} expired and not swept: perhaps no program has the mesh open`,
      advice: [
        "Agents do not see them. A program that has the mesh open removes them within a minute.",
      ],
    };
}

function storageCheck({ storage }: OpenMesh): Check {
  const { system = "storage", server, durability } = storage.traits;
  const title = `${server?.version ?? system}: an acknowledged write survives ${SURVIVES[durability]}`;
  const isSafe = durability === "power";
  return { name: "storage", status: isSafe ? "ok" : "warning", title };
}

const SURVIVES = {
  none: "nothing: it is in this process's memory",
  process: "a killed process, but maybe not a power cut",
  power: "a power cut",
} as const;

/** A compatible server may still differ in what it promises. */
function* serverCheck({ storage }: OpenMesh): Generator<Check, void> {
  const { system = "storage", server } = storage.traits;
  if (server === undefined || server.isTested) return;
  yield {
    name: "server",
    status: "warning",
    title: `The server reports an unknown version: ${server.version}`,
    advice: [
      `The ${system} storage is not tested on it. Run the storage contract before you rely on it.`,
    ],
  };
}

const POOLER_PORTS = new Set(["6432", "6543"]);

function* poolerCheck(url: string): Generator<Check, void> {
  if (!/^postgres(ql)?:/.test(url)) return;
  let host: URL;
  try {
    host = new URL(url);
  } catch {
    return;
  }
  if (!POOLER_PORTS.has(host.port) && !/pooler|pgbouncer/i.test(host.hostname)) return;
  yield {
    name: "pooler",
    status: "warning",
    title: `${host.host} looks like a connection pooler`,
    advice: [
      "Watches then poll instead of being notified. Connect workers directly where you can.",
    ],
  };
}

const TOLERATED_MS = 2_000;

/** The storage's clock decides when items and leases end. */
async function clockCheck({ storage, tenantId }: OpenMesh): Promise<Check> {
  const before = Date.now();
  const { now } = await storage.stats(tenantId);
  const after = Date.now();
  const ahead = now > after ? now - after : now < before ? now - before : 0;
  if (Math.abs(ahead) <= TOLERATED_MS)
    return { name: "clock", status: "ok", title: "This machine's clock agrees with the storage's" };
  return {
    name: "clock",
    status: "warning",
    title: `The storage's clock is ${span(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} this machine's`,
    advice: ["Leases and expiry follow the storage's clock. Synchronize both with NTP."],
  };
}
