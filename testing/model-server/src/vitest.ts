import { onTestFinished } from "vitest";
import { ModelServer } from "./model-server.ts";
import type { Play } from "./play.ts";

/** Starts a model server that is closed at the end of the test. */
export async function playModel(play: Play): Promise<ModelServer> {
  const server = await ModelServer.start(play);
  onTestFinished(() => server.close());
  return server;
}
