import { setTimeout as wait } from "node:timers/promises";

import type { ContextMesh } from "@syntha/core";

import type { Demo } from "./demo-process.ts";

/** Longer than the log gets, however often work is claimed anew. */
const LONGEST_LOG = 10_000;
/** Log positions between two disturbances, at most. */
const MOST_BETWEEN = 350;
/** Longer than the leases of a disturbed demo: what goes on then finds its work with somebody else. */
const FROZEN_MS = 1_500;
const SHARE_FROZEN = 0.3;

/** Waits until the log is that long, as any process sees it. False when the demo ends before. */
export async function reaches(
  mesh: ContextMesh,
  revision: number,
  { child }: Demo,
): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    if ((await mesh.stats()).revision >= revision) return true;
    await wait(2);
  }
  return false;
}

/** The processes of the workers that stand, by place, as the demo tells of them. */
export function workersOf({ told }: Demo): Map<number, number> {
  const first = /workers: processes ([\d, ]+)/.exec(told())?.[1]?.split(", ") ?? [];
  const standing = new Map(first.map((pid, i) => [i + 1, Number(pid)]));
  for (const [, place, pid] of told().matchAll(/Worker (\d+), .*Process (\d+) takes its place/g))
    standing.set(Number(place), Number(pid));
  return standing;
}

/** Kills workers at random, and freezes some for a while, as long as the demo runs. Returns those that it killed. */
export async function disturb(
  demo: Demo,
  mesh: ContextMesh,
  random: () => number,
  tell: (line: string) => void,
): Promise<Set<number>> {
  const killed = new Set<number>();
  const frozen = new Set<number>();
  for (let at = 20; at < LONGEST_LOG; at += Math.ceil(random() * MOST_BETWEEN)) {
    if (!(await reaches(mesh, at, demo))) break;
    const standing = [...workersOf(demo)].filter(([, pid]) => !killed.has(pid) && !frozen.has(pid));
    const [place, pid] = standing[Math.floor(random() * standing.length)] ?? [];
    const isFrozen = random() < SHARE_FROZEN;
    if (place === undefined || pid === undefined) continue;
    tell(`${isFrozen ? "froze" : "killed"} worker ${place} at ${at}`);
    process.kill(pid, isFrozen ? "SIGSTOP" : "SIGKILL");
    if (!isFrozen) killed.add(pid);
    else {
      frozen.add(pid);
      void wait(FROZEN_MS).then(() => {
        process.kill(pid, "SIGCONT");
        frozen.delete(pid);
      });
    }
  }
  return killed;
}
