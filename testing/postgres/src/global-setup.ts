import { type AddressInfo, createServer } from "node:net";
import type { TestProject } from "vitest/node";
import { dropAll, newRun } from "./fresh-database.ts";
import { type Server, startServer } from "./server.ts";
import type { Answer } from "./vitest.ts";

/** Shares one server among the tests of a run. It starts when the first test asks for its URL. */
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
  const urlServer = createServer((socket) => {
    socket.on("error", () => {});
    void answer().then((each) => socket.end(JSON.stringify(each)));
  });
  await new Promise<void>((done, failed) => {
    urlServer.once("error", failed).listen(0, "127.0.0.1", done);
  });
  project.provide("postgres", { port: (urlServer.address() as AddressInfo).port, run });

  return async () => {
    urlServer.close();
    const server = await started?.catch(() => undefined);
    if (given && isUsed) await dropAll(given, run);
    await server?.stop();
  };
}
