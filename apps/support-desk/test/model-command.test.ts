import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import type { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import type { Play } from "@syntha/testing-model-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { parseOptions } from "../src/command/options.ts";
import { itemsOf } from "../src/desk/items-of.ts";
import { tasks } from "../src/desk/records.ts";
import { rules } from "../src/mind.ts";
import type { TranscriptEntry } from "../src/model/transcript.ts";
import type { Report } from "../src/report/report.ts";
import { startDemo } from "./demo-process.ts";
import { reaches } from "./disturbance.ts";
import { generatedTickets, toJsonl } from "./generated-tickets.ts";
import { expectEachAnsweredOnce, meshOn } from "./kept-once.ts";
import { deskOf, never, playedServer } from "./model-desk.ts";
import { playDesk } from "./played-desk.ts";

const tickets = generatedTickets(44);

let directory: string;
let byRules: Map<string, string>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "desk-model-"));
  await writeFile(file("tickets.jsonl"), toJsonl(tickets));
  const desk = deskOf(rules);
  await desk.work(tickets, never);
  byRules = await expectEachAnsweredOnce(desk.mesh, tickets);
  await desk.mesh.close();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const file = (name: string): string => join(directory, name);
const openMesh = (name: string): ContextMesh =>
  meshOn(new SqliteStorage({ path: file(`${name}.db`) }));

/** Keys of the developer's own must not be found, nor used. */
const noKeys = {
  OPENAI_API_KEY: undefined,
  OPENAI_BASE_URL: undefined,
  ANTHROPIC_API_KEY: undefined,
  ANTHROPIC_BASE_URL: undefined,
};

function start(name: string, more: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const places = ["--tickets", file("tickets.jsonl"), "--storage", `sqlite:${file(`${name}.db`)}`];
  const ends = ["--lease", "1", "--report", file(`${name}.json`)];
  return startDemo([...places, ...ends, ...more], { ...noKeys, ...env });
}

/** Slow enough to be disturbed. */
const slowly: Play = async (conversation) => {
  await wait(30);
  return playDesk(conversation);
};

async function readReport(name: string): Promise<Report> {
  return JSON.parse(await readFile(file(`${name}.json`), "utf8")) as Report;
}

describe("the demo with a model", () => {
  it("answers by the model, and tells what was asked of it", async () => {
    const { openaiUrl } = await playedServer(playDesk);
    const flags = ["--model", "openai:played", "--base-url", openaiUrl, "--stream"];
    const asked = [...flags, "--transcript", file("asked.jsonl")];
    const { code, stdout, stderr } = await start("asked", asked).ended;
    expect([code, stderr]).toMatchObject([0, expect.stringContaining("openai:played")]);
    expect(stdout).toMatch(
      /Decided by +openai:played through OpenAI's Chat Completions,\s+streamed +100\s+decisions;/,
    );
    const { run, model, privacy } = await readReport("asked");
    expect(run).toMatchObject({ answered: 44 });
    expect(run.model).toMatch(/^openai:played/);
    expect(model?.total).toMatchObject({ decisions: 100, requests: 200, calls: 200, wrong: 0 });
    expect(privacy.leaks).toEqual([]);
    const lines = (await readFile(file("asked.jsonl"), "utf8")).trimEnd().split("\n");
    const entries = lines.map((line) => JSON.parse(line) as TranscriptEntry);
    expect(entries).toHaveLength(100);
    const first = entries.find(({ key }) => key === "ticket:0000001");
    expect(first).toMatchObject({
      agent: "Triage",
      prompt: expect.stringContaining("ticket:0000001"),
      calls: [
        { tool: "get_context", answer: { success: true } },
        { tool: "decide_triage", arguments: { intent: "cancel_order" }, answer: { success: true } },
      ],
      decision: { category: "ORDER", intent: "cancel_order", escalate: false },
      failure: null,
      requests: 2,
    });
    // What customers write is told by the tool, never by the prompt.
    for (const { system, prompt } of entries) {
      for (const { text } of tickets) expect(`${system}${prompt}`).not.toContain(text);
    }
  });

  it("takes keys and the base URL from the environment, and writes a transcript as a page", async () => {
    const server = await playedServer(playDesk);
    const env = { ANTHROPIC_API_KEY: "key-of-mine", ANTHROPIC_BASE_URL: server.anthropicUrl };
    const flags = ["--model", "anthropic:claude-played", "--through", "ai-sdk"];
    const page = ["--transcript", file("page.md")];
    const { code, stderr } = await start("page", [...flags, ...page], env).ended;
    expect([code, stderr]).toMatchObject([0, expect.not.stringContaining("key-of-mine")]);
    expect(server.requests.at(-1)?.headers).toHaveProperty("x-api-key");
    const written = await readFile(file("page.md"), "utf8");
    expect(written).toMatch(/## Triage: ticket:0000001\n[^]*Calls `get_context`[^]*Decision:/);
    expect(written).not.toContain("key-of-mine");
  });

  it("is finished by another run when it is killed in the midst", async () => {
    const { openaiUrl } = await playedServer(slowly);
    const flags = ["--model", "openai:played", "--base-url", openaiUrl, "--through", "agents"];
    const { child, ended } = start("killed", flags);
    const mesh = openMesh("killed");
    expect(await reaches(mesh, 130, { child, ended, told: () => "" })).toBe(true);
    child.kill("SIGKILL");
    expect(await ended).toMatchObject({ signal: "SIGKILL" });
    const again = await start("killed", flags).ended;
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toMatch(/It resumes: \d+ of 44 are answered/);
    expect(await expectEachAnsweredOnce(mesh, tickets)).toEqual(byRules);
    await mesh.close();
  });

  it("lets workers ask too, and sums up what they were told", async () => {
    const { openaiUrl } = await playedServer(slowly);
    const flags = ["--model", "openai:played", "--base-url", openaiUrl, "--parallel", "4"];
    const ended = await start("workers", [...flags, "--workers", "2"]).ended;
    expect(ended).toMatchObject({ code: 0 });
    const mesh = openMesh("workers");
    expect(await expectEachAnsweredOnce(mesh, tickets)).toEqual(byRules);
    await mesh.close();
    const { processes, model } = await readReport("workers");
    expect(processes).toHaveLength(3);
    // More where a worker was slow, and another took its work over.
    expect(model?.total.decisions).toBeGreaterThanOrEqual(100);
  });

  it.skipIf(process.platform === "win32")(
    "ends by Ctrl-C without waiting for the model, leaves nothing claimed, and goes on later",

    async () => {
      let isSlow = true;
      const server = await playedServer(async (conversation) => {
        // Longer than the test, but for the first few.
        if (isSlow && server.conversations.length > 40)
          await wait(600_000, undefined, { ref: false });
        return playDesk(conversation);
      });
      const flags = ["--model", "openai:played", "--base-url", server.openaiUrl];
      const demo = start("interrupted", flags);
      while (server.conversations.length < 45) await wait(5);
      demo.child.kill("SIGINT");
      expect(await demo.ended).toMatchObject({ code: 130 });
      const mesh = openMesh("interrupted");
      for (const kind of tasks) {
        for await (const { state } of itemsOf(mesh, kind)) expect(state).not.toBe("claimed");
      }
      isSlow = false;
      expect(await start("interrupted", flags).ended).toMatchObject({ code: 0 });
      expect(await expectEachAnsweredOnce(mesh, tickets)).toEqual(byRules);
      await mesh.close();
    },
  );

  it.each([1, 2])("ends with what the server said, by %i processes", async (workers) => {
    const error = { status: 401, message: "Incorrect API key provided." };
    const { openaiUrl } = await playedServer(() => ({ error }));
    const flags = ["--model", "openai:played", "--base-url", openaiUrl];
    const ended = await start(`refused-${workers}`, [...flags, "--workers", String(workers)]).ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("refused the key for openai:played: 401 Incorrect API key");
    expect(ended.stderr).toContain("Check OPENAI_API_KEY");
    expect(ended.stderr).not.toMatch(/\n {4}at /);
  });

  it("says who decided, where rules did so in the model's place", async () => {
    const { openaiUrl } = await playedServer(() => ({ text: "\u001B[2JHello." }));
    const flags = ["--model", "openai:played", "--base-url", openaiUrl];
    const [lenient, strict] = await Promise.all([
      start("lenient", [...flags, "--fallback", "rules"]).ended,
      start("strict", flags).ended,
    ]);
    expect(lenient).toMatchObject({ code: 0 });
    expect(lenient.stdout).toMatch(/0\s+decisions,\s+rules\s+in\s+its\s+place\s+100\s+times/);
    // What a model says must not command the terminal.
    expect(strict).toMatchObject({ code: 1 });
    expect(strict.stderr).toContain("The last that it said: \uFFFD[2JHello.");
    expect(strict.stderr).not.toContain("\u001B[2J");
  });

  it("says which key is missing, and how to do without", async () => {
    for (const [model, key] of [
      ["openai:gpt-5-mini", "OPENAI_API_KEY"],
      ["anthropic:claude-sonnet-4-5", "ANTHROPIC_API_KEY"],
    ] as const) {
      const { code, stdout, stderr } = await start("missing", ["--model", model]).ended;
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(`${key} is not set, and ${model} needs a key.`);
      expect(stderr).toMatch(/set it: [A-Z_]+=.*Without --model, rules decide/);
    }
  });
});

describe("options of models", () => {
  it.each([
    [["--model", "gpt-5"], /openai:gpt-5-mini or anthropic:.*, not "gpt-5"/],
    [["--model", "openai:"], /not "openai:"/],
    [["--model", "mistral:large"], /Any server that speaks OpenAI's protocol is openai:NAME/],
    [["--model", "openai:a", "--through", "fetch"], /--through is sdk, responses, .*, not "fetch"/],
    [["--model", "anthropic:a", "--through", "agents"], /for anthropic choose sdk, run-tools/],
    [["--model", "openai:a", "--base-url", "localhost"], /--base-url .*, not "localhost"/],
    [["--model", "openai: "], /not "openai: "/],
    [
      ["--model", "openai:a", "--base-url", "https://me:pw@host/v1"],
      /holds no name and no password/,
    ],
    [["--model", "openai:a", "--base-url", "http://host/v1?key=pw"], /ends with its path/],
    [["--model", "openai:a", "--context", "all"], /--context is tools or prompt, not "all"/],
    [["--model", "openai:a", "--parallel", "0"], /--parallel is a whole number/],
    [["--model", "openai:a", "--fallback", "yes"], /--fallback is rules/],
    [["--model", "openai:a", "--transcript", "t.txt"], /\.jsonl or \.md, not "t.txt"/],
    [["--model", "openai:a", "--think", "5"], /--think is for rules/],
    [["--stream"], /--stream is for models: name one with --model/],
    [["--through", "sdk"], /--through is for models/],
  ])("%j is answered with what is wrong", (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });

  it("takes names with colons, as other servers have them", () => {
    const url = "http://127.0.0.1:11434/v1";
    const { model } = parseOptions(["--model", "openai:llama3.3:70b", "--base-url", url]);
    expect(model).toMatchObject({ provider: "openai", name: "llama3.3:70b", baseUrl: url });
  });
});
