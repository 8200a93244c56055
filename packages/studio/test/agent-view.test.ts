import { ContextMesh } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it, onTestFinished } from "vitest";
import { heldBy, listItems, named, viewDifferences } from "./support/agent-views.ts";
import { diceOf } from "./support/hostile.ts";
import { actAtRandom, TEAM } from "./support/random-team.ts";
import { shownItems } from "./support/shown-items.ts";
import { openStudio, type StudioClient } from "./support/studio.ts";
import { tempFile } from "./support/temp-file.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const STEPS = 60;

interface Team {
  readonly mesh: ContextMesh;
  readonly studio: StudioClient;
  readonly step: () => Promise<void>;
}

async function openTeam(): Promise<Team> {
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path: tempFile(), clock }) });
  onTestFinished(() => mesh.close());
  for (const name of TEAM) await mesh.agent(name).announce({ description: name });
  const roll = diceOf(seed);
  return {
    mesh,
    studio: await openStudio({ mesh }),
    step: () => actAtRandom(mesh, clock, roll),
  };
}

it(`shows each view as the mesh answers the agent (seed ${seed})`, async () => {
  const { mesh, studio, step } = await openTeam();
  for (let n = 0; n < STEPS; n++) {
    await step();
    if (n % 6 !== 5) continue;
    for (const name of TEAM) expect(await viewDifferences(mesh, studio, name)).toEqual([]);
  }
});

it(`shows earlier positions as the mesh answered the agent then (seed ${seed})`, async () => {
  const { mesh, studio, step } = await openTeam();
  const then = new Map<string, readonly string[]>();
  for (let n = 0; n < STEPS; n++) {
    await step();
    if (n % 5 !== 0) continue;
    const { revision } = await mesh.stats();
    for (const name of TEAM) then.set(`${revision} ${name}`, await heldBy(mesh.agent(name)));
  }
  const [own, dimmed, counts] = [new Map(), new Map(), new Map()];
  for (const moment of then.keys()) {
    const [at = "", as = ""] = moment.split(" ");
    own.set(moment, named(await listItems(studio, { at, as, mode: "own" })));
    const all = await listItems(studio, { at, as });
    dimmed.set(moment, named(all.filter(({ visible }) => visible)));
    counts.set(moment, (await studio.read("api/visibility", { at, as })).visible);
  }
  expect(own).toEqual(then);
  expect(dimmed).toEqual(then);
  expect([...counts.values()]).toEqual([...then.values()].map(({ length }) => length));
});

it(`keeps an open page equal to what the agent is answered (seed ${seed})`, async () => {
  const { mesh, studio, step } = await openTeam();
  for (let n = 0; n < 20; n++) await step();
  const views = TEAM.flatMap((as) => (["dim", "own"] as const).map((mode) => ({ as, mode })));
  const pages = await Promise.all(
    views.map(async (view) => {
      const stream = await studio.live(view);
      await stream.first(({ type }) => type === "ready");
      return { view, stream, first: await listItems(studio, view) };
    }),
  );
  for (let n = 0; n < STEPS; n++) await step();
  await mesh.system.push("~last", 1, { global: true });
  for (const { view, stream, first } of pages) {
    await stream.put("~last");
    const now = shownItems(await listItems(studio, view), []);
    await expect.poll(() => shownItems(first, stream.messages)).toEqual(now);
  }
});
