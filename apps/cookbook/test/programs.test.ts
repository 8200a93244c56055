import { readFileSync } from "node:fs";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import { playModel } from "@syntha/testing-model-server/vitest";
import { describe, expect, it } from "vitest";
import { recipes } from "../src/command/recipes.ts";
import { cookbook } from "./run.ts";

/** The expected output of a program, in a file next to it. */
const expectedOf = (file: URL): string =>
  readFileSync(new URL(file.href.replace(/\.ts$/, ".txt")), "utf8");

describe.concurrent("each program of the cookbook", () => {
  for (const { name, file, shows, lookAt } of recipes) {
    it(`prints its expected output: ${name}`, async () => {
      const { code, stdout, stderr } = await cookbook([name]);
      expect(stderr).toBe("");
      expect(stdout).toBe(`Shows: ${shows}.\nLook at: ${lookAt}\n\n${expectedOf(file)}`);
      expect(code).toBe(0);
    });
  }
});

const ON_SQLITE = "SQLite (a Postgres, if DATABASE_URL names one)";
const durable = recipes.filter(({ file }) => expectedOf(file).includes(ON_SQLITE));

// Only one in a short run.
const onPostgres = process.env["SYNTHA_TESTS"] === "full" ? durable : durable.slice(0, 1);

describe.concurrent("on Postgres, with DATABASE_URL", () => {
  for (const { name, file } of onPostgres) {
    it(`prints the same: ${name}`, async ({ onTestFinished }) => {
      const database = await freshDatabase();
      onTestFinished(() => database.drop());
      const { stdout } = await cookbook([name], { DATABASE_URL: database.url });
      expect(stdout).toContain(expectedOf(file).replaceAll(ON_SQLITE, "Postgres, at DATABASE_URL"));
    });
  }
});

it("treats an empty variable as unset", async () => {
  const empty = { DATABASE_URL: "", OPENAI_API_KEY: "" };
  for (const name of ["limits", "openai-integration"])
    expect(await cookbook([name], empty)).toMatchObject({ code: 0, stderr: "" });
});

it("uses OpenAI's model with a key", async () => {
  const server = await playModel(() => ({ text: "Nothing to do." }));
  const { stdout } = await cookbook(["openai-integration"], {
    OPENAI_API_KEY: "any",
    OPENAI_BASE_URL: server.openaiUrl,
    OPENAI_MODEL: "gpt-5-nano",
  });
  expect(stdout).toContain("Model: gpt-5-nano\n");
  expect(stdout).toContain("Billing says: Nothing to do.");
  expect(server.conversations.map(({ model }) => model)).toEqual(["gpt-5-nano", "gpt-5-nano"]);
});
