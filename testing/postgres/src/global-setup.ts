import { type AddressInfo, createServer } from "node:net";
import type { TestProject } from "vitest/node";
import { dropAll, newRun } from "./fresh.ts";
import { type Server, startServer } from "./server.ts";
import type { Answer } from "./vitest.ts";

/** Lets the tests of a run share one server, which starts when the first of them asks for it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["SYNTHA_POSTGRES_URL"];
  const run = newRun();
  let started: Promise<Server> | undefined;
  let isUsed = false;

  const answer = async (): Promise<Answer> => {
    isUsed = true;
    try {
      return { url: given || (await (started ??= startServer())).url };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };
  const door = createServer((socket) => {
    socket.on("error", () => {});
    void answer().then((told) => socket.end(JSON.stringify(told)));
  });
  await new Promise<void>((done, failed) => {
    door.once("error", failed).listen(0, "127.0.0.1", done);
  });
  project.provide("postgres", { door: (door.address() as AddressInfo).port, run });

  return async () => {
    door.close();
    const server = await started?.catch(() => undefined);
    if (given && isUsed) await dropAll(given, run);
    await server?.stop();
  };
}
