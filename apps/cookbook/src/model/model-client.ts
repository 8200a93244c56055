import type { Play } from "@syntha/testing-model-server";
import OpenAI from "openai";

export interface ModelClient {
  readonly client: OpenAI;
  readonly model: string;
  /** A description to print. */
  readonly text: string;
  readonly close: () => Promise<void>;
}

/** OpenAI's model if OPENAI_API_KEY is set; otherwise a scripted model on a local HTTP server. */
export async function startModel(play: Play): Promise<ModelClient> {
  if ((process.env["OPENAI_API_KEY"] ?? "") !== "") {
    const model = process.env["OPENAI_MODEL"] || "gpt-5-mini";
    return { client: new OpenAI(), model, text: model, close: async () => {} };
  }
  const { ModelServer } = await import("@syntha/testing-model-server");
  const server = await ModelServer.start(play);
  return {
    client: new OpenAI({ baseURL: server.openaiUrl, apiKey: "none" }),
    model: "scripted",
    text: "scripted (set OPENAI_API_KEY to use a real one)",
    close: () => server.close(),
  };
}
