import { Session } from "node:inspector/promises";
import { setImmediate } from "node:timers/promises";
import { ContextMesh } from "@syntha/core";

/** Prints the functions of core that one push, one get and one list call, by file. */
const inspector = new Session();
inspector.connect();
await inspector.post("Profiler.enable");
await inspector.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });

const mesh = new ContextMesh();
const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
const route = { topics: ["news"] };
// Opens the storage and creates the tenant.
await bea.subscribe(route.topics);
await ann.push("first", 1, route);

async function callsOf(run: () => Promise<unknown>): Promise<Record<string, string[]>> {
  // Taking the counts resets them.
  await inspector.post("Profiler.takePreciseCoverage");
  // After a turn of the event loop, none is due.
  await setImmediate();
  await run();
  const { result } = await inspector.post("Profiler.takePreciseCoverage");
  const files = result.flatMap(({ url, functions }) => {
    const [, file] = url.split("/packages/core/src/");
    const called = functions.filter(({ ranges }) => ranges[0]?.count !== 0);
    return file === undefined ? [] : [[file, called.map((each) => each.functionName)] as const];
  });
  return Object.fromEntries(files);
}

console.log(
  JSON.stringify({
    "A write": await callsOf(() => ann.push("plan", { step: 1 }, route)),
    "A read by key": await callsOf(() => bea.get("plan")),
    "A listing": await callsOf(() => bea.list()),
  }),
);
await mesh.close();
