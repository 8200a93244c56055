import { type Content, GoogleGenAI, type Tool } from "@google/genai";
import { ContextMesh } from "@syntha/core";
import { answerCalls, ToolHandler, TOOLSETS } from "@syntha/tools";
import { expect, it, onTestFinished } from "vitest";
import type { ModelServer } from "../src/index.ts";
import { playModel } from "../src/vitest.ts";

function newHandler(): ToolHandler {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  return new ToolHandler(mesh.agent("Worker"), { role: "admin", toolsets: TOOLSETS });
}

const client = (server: ModelServer) =>
  new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: server.geminiUrl } });

const toolsAs = (field: string, handler: ToolHandler): Tool => ({
  functionDeclarations: handler
    .tools({ dialect: "portable" })
    .map(({ name, description, parameters }) => ({ name, description, [field]: parameters })),
});

it.each(["parameters", "parametersJsonSchema"])(
  "serves Gemini's SDK with schemas as %s",
  async (field) => {
    const handler = newHandler();
    const server = await playModel(({ turns, results }) =>
      turns.length === 0
        ? {
            calls: [
              { name: "push_context", arguments: { key: "a", value: "1", global: true } },
              { name: "get_context", arguments: { keys: ["a"] } },
            ],
          }
        : { text: results.at(-1) ?? "" },
    );
    const { models } = client(server);
    const contents: Content[] = [{ role: "user", parts: [{ text: "Go." }] }];
    const ask = () =>
      models.generateContent({
        model: "played",
        contents,
        config: { tools: [toolsAs(field, handler)] },
      });
    const first = await ask();
    const calls = (first.functionCalls ?? []).map(({ id = "", name = "", args }) => ({
      id,
      name,
      arguments: args,
    }));
    const answers = await answerCalls(handler, calls);
    contents.push(first.candidates?.[0]?.content ?? {}, {
      role: "user",
      parts: answers.map(({ name, text }) => ({
        functionResponse: { name, response: { output: text } },
      })),
    });
    const { text = "" } = await ask();
    expect(JSON.parse(text)).toMatchObject({ success: true, context: { a: "1" } });
  },
);
