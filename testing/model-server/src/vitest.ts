import { onTestFinished } from "vitest";
import { ModelServer } from "./model-server.ts";
import type { Play } from "./play.ts";

/** A server that plays a model until the test is over. */
export async function playModel(play: Play): Promise<ModelServer> {
  const server = await ModelServer.start(play);
  onTestFinished(() => server.close());
  return server;
}
