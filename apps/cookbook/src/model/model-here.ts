import type { Play } from "@syntha/testing-model-server";
import OpenAI from "openai";

export interface ModelHere {
  readonly client: OpenAI;
  readonly model: string;
  /** For people: which one it is. */
  readonly text: string;
  readonly close: () => Promise<void>;
}

/** OpenAI's model where OPENAI_API_KEY is set; else one that is played on this machine, over the same HTTP. */
export async function modelHere(play: Play): Promise<ModelHere> {
  if ((process.env["OPENAI_API_KEY"] ?? "") !== "") {
    const model = process.env["OPENAI_MODEL"] || "gpt-5-mini";
    return { client: new OpenAI(), model, text: model, close: async () => {} };
  }
  const { ModelServer } = await import("@syntha/testing-model-server");
  const server = await ModelServer.start(play);
  return {
    client: new OpenAI({ baseURL: server.openaiUrl, apiKey: "none" }),
    model: "played",
    text: "played on this machine (a real one, if OPENAI_API_KEY is set)",
    close: () => server.close(),
  };
}
