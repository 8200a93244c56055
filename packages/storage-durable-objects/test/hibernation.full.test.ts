import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import type { Inspection } from "./support/objects-worker.ts";
import { TestedObjects } from "./support/tested-objects.ts";

/** The runtime lets an object sleep that was not called for ten seconds. */
const IDLE_MS = 15_000;

it("reports commits to sockets whose object has slept since", { timeout: 600_000 }, async () => {
  const objects = await TestedObjects.start();
  onTestFinished(() => objects.stop());
  const url = await objects.miniflare.ready;
  const at = (path: string): URL => new URL(`${path}?tenant=acme`, url);
  const inspect = async (): Promise<Inspection> =>
    (await (await fetch(at("/inspect"))).json()) as Inspection;
  await fetch(at("/push"));
  const address = at("/socket");
  address.protocol = "ws:";
  const socket = new WebSocket(address);
  onTestFinished(() => socket.close());
  const messages: unknown[] = [];
  socket.addEventListener("message", ({ data }) => messages.push(data));
  await expect.poll(async () => (await inspect()).sockets).toBe(1);
  const { instance } = await inspect();
  let current = instance;
  while (current === instance) {
    socket.send("ping");
    await sleep(IDLE_MS);
    current = (await inspect()).instance;
  }
  expect((await inspect()).sockets).toBe(1);
  // Pings were answered, which did not keep it awake.
  expect(new Set(messages)).toEqual(new Set(["pong"]));
  await fetch(at("/push"));
  await expect.poll(() => messages.at(-1)).toBe("committed");
});
