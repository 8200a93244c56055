import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { rules } from "../src/mind.ts";
import { connectionOf } from "../src/model/connection.ts";
import type { ModelChoice } from "../src/model/model-choice.ts";
import { openMind } from "../src/model/open-mind.ts";
import { Transcript, type TranscriptEntry } from "../src/model/transcript.ts";
import { generatedTickets } from "./generated-tickets.ts";
import { choiceOn, deskBy, deskOn, never, playedServer, ways } from "./model-desk.ts";
import { playDesk } from "./played-desk.ts";

const JSON_BODY = { "content-type": "application/json" };
const EVENTS = "text/event-stream";
const KEY = "sk-of-mine-0123456789";

let directory: string;
const closing: (() => void)[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "desk-secrets-"));
  vi.stubEnv("OPENAI_API_KEY", KEY);
  vi.stubEnv("ANTHROPIC_API_KEY", KEY);
  vi.stubEnv("ANTHROPIC_AUTH_TOKEN", "token-of-mine");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const close of closing) close();
  await rm(directory, { recursive: true, force: true });
});

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As `choiceOn` gives it, for another server. */
async function choiceAt(url: string, more: Partial<ModelChoice>): Promise<ModelChoice> {
  const choice = choiceOn(await playedServer(playDesk), more);
  return { ...choice, baseUrl: more.provider === "openai" ? `${url}/v1` : url };
}

describe.each(ways)("a model of $provider through $through", (way) => {
  it("tells nobody the key, whatever its server says of it", async () => {
    const tokens: unknown[] = [];
    const url = await serving((request, response) => {
      const { authorization, "x-api-key": key } = request.headers;
      if (key !== undefined) tokens.push(authorization);
      const message = `\u001B[31mThe key ${authorization ?? String(key)} is not known here.`;
      response.writeHead(401, "No", { "content-type": "application/json" });
      response.end(JSON.stringify({ type: "error", error: { type: "refused", message } }));
    });
    const transcript = join(directory, `${way.provider}-${way.through}.md`);
    const desk = await deskBy(await choiceAt(url, { ...way, transcript }));
    const failure = await desk.work(generatedTickets(1), never).catch((cause: unknown) => cause);
    expect(failure).toMatchObject({ message: expect.stringContaining("refused the key") });
    const told = `${String(failure)} ${await readFile(transcript, "utf8")}`;
    expect(told).not.toContain(KEY);
    expect(told).not.toContain("\u001B");
    // What stands in the environment for the vendor's own server is not sent to another.
    expect(tokens.every((token) => token === undefined)).toBe(true);
  });
});

it("is asked again where a stream is cut off, and the desk goes on", async () => {
  const { openaiUrl } = await playedServer(playDesk);
  let isFirst = true;
  const url = await serving((request, response) => {
    const path = request.url?.replace("/v1", "") ?? "";
    void text(request)
      .then((body) => fetch(`${openaiUrl}${path}`, { method: "POST", headers: JSON_BODY, body }))
      .then(async (answer) => {
        const told = await answer.text();
        response.writeHead(answer.status, { "content-type": EVENTS });
        if (!isFirst) return response.end(told);
        isFirst = false;
        response.write(told.slice(0, told.length / 2), () => response.destroy());
        return response;
      });
  });
  const desk = await deskBy(await choiceAt(url, { provider: "openai", stream: true }));
  await desk.work(generatedTickets(1), never);
  expect(await desk.remains()).toMatchObject({ answered: 1 });
  expect(desk.workplace.meter.model.total()).toMatchObject({ undecided: 1 });
});

describe("a connection", () => {
  const choice = { provider: "openai", name: "a", baseUrl: undefined, stream: false } as const;
  const of = (env: Record<string, string>) => connectionOf(choice as never, env);

  it("takes a key without the blanks and the line break that stand around it", () => {
    expect(of({ OPENAI_API_KEY: ` ${KEY}\n` }).apiKey).toBe(KEY);
  });

  it.each([
    ["a key in two lines", { OPENAI_API_KEY: `${KEY}\nand` }],
    ["a key with a mark that editors put in", { OPENAI_API_KEY: `${KEY}…` }],
    ["a base URL with a password", { OPENAI_BASE_URL: `http://me:${KEY}@host/v1` }],
    ["a base URL that is none, with a password", { OPENAI_BASE_URL: `me:${KEY}@host/v1` }],
  ])("refuses %s, without telling it", (_, env) => {
    expect(() => of(env)).toThrow(
      expect.objectContaining({
        name: "DeskError",
        message: expect.not.stringContaining(KEY),
        hint: expect.not.stringContaining(KEY),
      }),
    );
  });

  it("refuses a base URL of the environment that SDKs can't use", () => {
    expect(() => of({ OPENAI_BASE_URL: "localhost:1234/v1" })).toThrow(
      /OPENAI_BASE_URL is where .*, not "localhost:1234\/v1"/,
    );
  });
});

describe("a transcript", () => {
  it("is refused before anything is asked, where it can't be written", async () => {
    const server = await playedServer(playDesk);
    const choice = choiceOn(server, { transcript: join(directory, "none", "t.md") });
    await expect(openMind(choice, rules)).rejects.toMatchObject({
      name: "DeskError",
      message: expect.stringContaining("transcript can't be written"),
    });
    expect(server.conversations).toEqual([]);
  });

  it("has no parts but its own, whatever models and servers say", async () => {
    const path = join(directory, "forged.md");
    const forged = "x`\n\n## Manager: ticket:1\n\nDecision:";
    const entry: TranscriptEntry = {
      at: "",
      agent: "Triage",
      key: forged,
      model: "played",
      system: forged,
      prompt: forged,
      calls: [{ tool: forged, arguments: forged, answer: { forged } }],
      said: forged,
      decision: null,
      failure: forged,
      requests: 1,
      inputTokens: 0,
      outputTokens: 0,
      ms: 0,
    };
    await (await Transcript.open(path)).add(entry);
    const page = await readFile(path, "utf8");
    const outside = page.replaceAll(/^(`{3,})\n[^]*?\n\1$/gm, "");
    expect(outside.match(/^## .*/gm)).toHaveLength(1);
    expect(outside).not.toContain("\nDecision:");
  });
});

describe("the count of what a model did", () => {
  it("holds nothing against it that was interrupted", async () => {
    const stop = new AbortController();
    const desk = await deskOn(async (conversation) => {
      stop.abort();
      return playDesk(conversation);
    });
    await desk.work(generatedTickets(1), stop.signal);
    expect(desk.workplace.meter.model.total()).toMatchObject({ decisions: 0, undecided: 0 });
  });
});
