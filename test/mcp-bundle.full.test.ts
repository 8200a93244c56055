import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { getMcpConfigForManifest, type McpbManifestAny, unpackExtension } from "@anthropic-ai/mcpb";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { expect, it, onTestFinished } from "vitest";

const SCRIPT = fileURLToPath(new URL("../scripts/bundle-mcp.mjs", import.meta.url));

it("packs a bundle whose server runs where it is unpacked, as its user configured it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "syntha-bundle-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [mcpbPath, outputDir] = [join(folder, "syntha.mcpb"), join(folder, "unpacked")];
  await promisify(execFile)(process.execPath, [SCRIPT, mcpbPath]);
  expect(await unpackExtension({ mcpbPath, outputDir, silent: true })).toBe(true);
  const text = await readFile(join(outputDir, "manifest.json"), "utf8");
  const manifest = JSON.parse(text) as McpbManifestAny;

  const connect = async (agent: string): Promise<Client> => {
    const config = await getMcpConfigForManifest({
      manifest,
      extensionPath: outputDir,
      systemDirs: {},
      userConfig: { folder, agent },
      pathSeparator: "/",
    });
    if (config === undefined) throw new Error("The configuration is incomplete.");
    expect(config.command).toBe("node");
    const client = new Client({ name: "test", version: "1" });
    const { args = [] } = config;
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args, cwd: folder }),
    );
    onTestFinished(() => client.close());
    return client;
  };
  const [claude, codex] = await Promise.all([connect("Claude"), connect("Codex")]);
  expect(claude.getServerVersion()).toMatchObject({ name: "syntha", version: manifest.version });
  expect((await claude.listTools()).tools.map(({ name }) => name)).toContain("claim_task");
  const plan = { key: "plan", value: "Ship it.", global: true };
  await claude.callTool({ name: "push_context", arguments: plan });
  const read = await codex.callTool({ name: "get_context", arguments: { keys: ["plan"] } });
  expect(read.structuredContent).toMatchObject({ context: { plan: "Ship it." } });
});
