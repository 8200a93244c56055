import { expect, it, onTestFinished } from "vitest";
import type { ScaleReport } from "./support/scale-run.ts";
import { TestedObjects } from "./support/tested-objects.ts";

it("serves 1,000 tenants with ten agents each at once", { timeout: 600_000 }, async () => {
  const objects = await TestedObjects.start();
  onTestFinished(() => objects.stop());
  const url = new URL("/scale?tenants=1000", await objects.miniflare.ready);
  expect((await (await fetch(url)).json()) as ScaleReport).toEqual({ listed: 1_000, wrong: [] });
});
