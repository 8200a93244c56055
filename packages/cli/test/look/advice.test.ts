import { join } from "node:path";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it } from "vitest";
import { type Ended, synthaOn } from "../support/syntha.ts";
import { tempFolder } from "../support/temp-folder.ts";

/** The commands that an output advises, as the words that a shell makes of them. `AGENT`, `KEY` and `TOPIC` are replaced. */
function advisedBy({ out, err }: Ended): string[][] {
  const commands = (out + err).matchAll(
    /\bsyntha ((?:why|subscribe|history|permissions|get) .*?)(?= {3,}| explains| shows| sets|\n)/g,
  );
  return [...commands].map(([, command = ""]) =>
    (command.match(/(?:'[^']*'|[^\s'])+/g) ?? []).map((word) =>
      word.replaceAll("'", "").replace(/^(?:AGENT|KEY|TOPIC)$/, "other"),
    ),
  );
}

it.each(["-x", "--topic", "Tier One", "$HOME", "plain"])(
  "advises commands that run, on a mesh whose names are %s",
  async (name) => {
    const path = join(tempFolder(), "mesh.db");
    const mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
    await mesh.agent("Author").push(name, 1, { topics: [name] });
    await mesh.agent("Author").push("deleted", 1, { topics: [name] });
    await mesh.agent("Author").delete("deleted");
    await mesh.agent(name).announce({ description: "Named so" });
    await mesh.close();
    const on = synthaOn(`sqlite:${path}`);
    const outputs = [
      await on("topics"),
      await on("doctor"),
      await on("ls", `--as=${name}`),
      await on("get", `--as=${name}`, "--", name),
      await on("why", "--", name, name),
      await on("why", "--", `${name}s`, name),
      await on("why", "--", name, "Author"),
      await on("why", "--", name, "deleted"),
    ];
    const commands = outputs.flatMap(advisedBy);
    expect(commands.length).toBeGreaterThanOrEqual(outputs.length - 1);
    for (const words of commands)
      expect({ words, ...(await on(...words)) }).toMatchObject({ words, code: 0, err: "" });
    expect((await on("get", `--as=${name}`, "--", name)).code).toBe(0);
  },
);
