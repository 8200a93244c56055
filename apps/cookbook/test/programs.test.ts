import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import { ProgramProcess, type Run } from "@syntha/testing-model-server/programs";
import { playModel } from "@syntha/testing-model-server/vitest";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Recipe, recipes } from "../src/command/recipes.ts";
import { cookbook, NO_SERVICES } from "./run.ts";

/** The expected output of a program, in a file next to it. */
const expectedOf = (file: URL): string =>
  readFileSync(new URL(file.href.replace(/\.ts$/, ".txt")), "utf8");

/** Runs the programs in turn. */
let programs: ProgramProcess;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cookbook-programs-"));
  programs = new ProgramProcess({ ...NO_SERVICES, TMPDIR: folder, TEMP: folder }, 110_000);
});
afterAll(async () => {
  await programs.end();
  await rm(folder, { recursive: true });
});

/** @param variant makes a module that was imported before run again */
const run = (file: URL, variant = "", env: NodeJS.ProcessEnv = {}): Promise<Run> =>
  programs.run({ url: `${file.href}?${variant}`, env });

describe("each program of the cookbook", () => {
  it.each(recipes)("prints its expected output: $name", async ({ file }) => {
    expect(await run(file)).toEqual({ stdout: expectedOf(file), stderr: "" });
  });

  it("is run by the command, which prints what it shows", async () => {
    const { name, file, shows, lookAt } = recipeOf("limits");
    const stdout = `Shows: ${shows}.\nLook at: ${lookAt}\n\n${expectedOf(file)}`;
    expect(await cookbook([name])).toEqual({ code: 0, stdout, stderr: "" });
  });
});

const ON_SQLITE = "SQLite (a Postgres, if DATABASE_URL names one)";
const durable = recipes.filter(({ file }) => expectedOf(file).includes(ON_SQLITE));

// Only one in a short run.
const onPostgres = process.env["SYNTHA_TESTS"] === "full" ? durable : durable.slice(0, 1);

describe("on Postgres, with DATABASE_URL", () => {
  it.each(onPostgres)("prints the same: $name", async ({ file }) => {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    const { stdout } = await run(file, "postgres", { DATABASE_URL: database.url });
    expect(stdout).toBe(expectedOf(file).replaceAll(ON_SQLITE, "Postgres, at DATABASE_URL"));
  });
});

it.each(["limits", "openai-integration"])("treats an empty variable as unset: %s", async (name) => {
  const { file } = recipeOf(name);
  const ran = await run(file, "empty", { DATABASE_URL: "", OPENAI_API_KEY: "" });
  expect(ran).toEqual({ stdout: expectedOf(file), stderr: "" });
});

it("uses OpenAI's model with a key", async () => {
  const server = await playModel(() => ({ text: "Nothing to do." }));
  const { stdout } = await run(recipeOf("openai-integration").file, "key", {
    OPENAI_API_KEY: "any",
    OPENAI_BASE_URL: server.openaiUrl,
    OPENAI_MODEL: "gpt-5-nano",
  });
  expect(stdout).toContain("Model: gpt-5-nano\n");
  expect(stdout).toContain("Billing says: Nothing to do.");
  expect(server.conversations.map(({ model }) => model)).toEqual(["gpt-5-nano", "gpt-5-nano"]);
});

function recipeOf(name: string): Recipe {
  return recipes.find((recipe) => recipe.name === name) as Recipe;
}
