import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

const ENDS = [
  ["SIGINT", "the transcript", "A Worker that serves"],
  // Comes after the whole transcript.
  ["SIGTERM", "serving", "Now it serves"],
] as const;

it.each(process.env["SYNTHA_TESTS"] === "full" ? ENDS : ENDS.slice(0, 1))(
  "leaves no files behind when %s ends it during %s",
  { timeout: 120_000 },
  async (signal, _, until) => {
    const folder = await mkdtemp(join(tmpdir(), "syntha-edge-main-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const child = spawn(process.execPath, [MAIN], {
      env: { ...process.env, TMPDIR: folder, TEMP: folder, NODE_OPTIONS: "" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = once(child, "exit");
    const lines = createInterface(child.stdout);
    for await (const line of lines) {
      if (!line.startsWith(until)) continue;
      child.kill(signal);
      break;
    }
    child.stdout.resume();
    await ended;
    expect(await readdir(folder)).toEqual([]);
  },
);
