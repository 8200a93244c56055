import { ContextMesh } from "@syntha/core";
import { expect, it, onTestFinished } from "vitest";
import { shellCommand } from "../src/text/shell-command.ts";
import { visibleText } from "../src/text/visible-text.ts";
import { diceOf, hostileName } from "./support/hostile.ts";
import { openMesh } from "./support/mesh.ts";
import { argumentsOf, runSyntha } from "./support/shell.ts";
import { openStudio, type StudioClient } from "./support/studio.ts";
import { tempFile } from "./support/temp-file.ts";

async function commandsOf({ read }: StudioClient): Promise<readonly string[]> {
  const { problems } = await read("api/overview");
  return problems.unknownRecipients.flatMap(({ commands }) => commands);
}

it.each([
  ["note", "alpha", "Boss", "Manager"],
  ["-note", "-alpha", "-Boss", "-Manager"],
  ["my 'note'", "a,b", "Ann Lee", "Mana ger"],
  ["k=v", "ключ", "=Boss", "$(id)"],
])("mends the route of %o and keeps the rest of it", async (key, topic, other, name) => {
  const path = tempFile();
  const mesh = openMesh(path);
  for (const agent of [other, name]) await mesh.agent(agent).subscribe(["team"]);
  const subscribers = [other, `${name}x`];
  await mesh.agent("Ann").push(key, "Read this.", { topics: [topic], subscribers });
  const studio = await openStudio({ mesh });
  const [command = ""] = await commandsOf(studio);
  await runSyntha(command, path);
  expect(await mesh.system.getItem(key)).toMatchObject({
    value: "Read this.",
    topics: [topic],
    subscribers: [other, name],
  });
  expect(await commandsOf(studio)).toEqual([]);
});

it("mends each of several misspelt recipients and items, also with commands copied before", async () => {
  const path = tempFile();
  const mesh = openMesh(path);
  for (const agent of ["Boss", "Manager"]) await mesh.agent(agent).subscribe(["team"]);
  for (const key of ["a", "b"])
    await mesh.system.push(key, 1, { topics: ["team"], subscribers: ["Mangaer", "Bos"] });
  await mesh.system.push("c", 1, { subscribers: ["Manager", "Mangaer"] });
  const studio = await openStudio({ mesh });
  const stale = await commandsOf(studio);
  expect(stale).toHaveLength(5);
  let refused = 0;
  for (const command of stale) await runSyntha(command, path).catch(() => refused++);
  // Each held the other name as it was: it would have undone what was mended.
  expect(refused).toBe(2);
  for (const command of await commandsOf(studio)) await runSyntha(command, path);
  const items = await mesh.system.getItems(["a", "b", "c"]);
  expect(items.map(({ topics, subscribers }) => [topics, subscribers.toSorted()])).toEqual([
    [["team"], ["Boss", "Manager"]],
    [["team"], ["Boss", "Manager"]],
    [[], ["Manager"]],
  ]);
});

it("has at most three commands for a name, however many items name it", async () => {
  const mesh = openMesh();
  await mesh.agent("Manager").subscribe(["team"]);
  for (let n = 0; n < 20; n++) await mesh.system.push(`k${n}`, n, { subscribers: ["Mangaer"] });
  expect(await commandsOf(await openStudio({ mesh }))).toHaveLength(3);
});

it("shows why no one gets an item for a name that is like no other", async () => {
  const path = tempFile();
  const mesh = openMesh(path);
  await mesh.system.push("-k", 1, { subscribers: ["-Nobody"] });
  const [command = ""] = await commandsOf(await openStudio({ mesh }));
  expect(command).toBe("syntha why -- -Nobody -k");
  await runSyntha(command, path);
});

it("subscribes an agent to a topic that begins with a dash", async () => {
  const path = tempFile();
  const mesh = openMesh(path);
  await mesh.system.push("k", 1, { topics: ["-alerts"] });
  const { read } = await openStudio({ mesh });
  const { topicsWithoutSubscribers } = (await read("api/overview")).problems;
  const [{ command = "" } = {}] = topicsWithoutSubscribers;
  await runSyntha(command.replace("AGENT", "Ann"), path);
  expect(await mesh.agent("Ann").subscriptions()).toEqual(["-alerts"]);
});

it("has no command for a name with hidden characters", async () => {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  await mesh.agent("Manager").subscribe(["team"]);
  const hidden = ["x\u0003\nid\u001b[201~", "a\u202Eb", "a\u200Bb", "a\r"];
  for (const name of hidden) {
    await mesh.system.push(name, 1, { topics: [name] });
    await mesh.system.push(`key ${name}`, 1, { subscribers: [`Mangaer${name}`] });
    await mesh.system.push(`${name} key`, 1, { subscribers: ["Mangaer"] });
    await mesh.system.push(`topic ${name}`, 1, { topics: [name], subscribers: ["Mangaer"] });
  }
  const studio = await openStudio({ mesh });
  expect(await commandsOf(studio)).toEqual([]);
  const { topicsWithoutSubscribers } = (await studio.read("api/overview")).problems;
  expect(topicsWithoutSubscribers).toHaveLength(hidden.length);
  expect(topicsWithoutSubscribers.filter(({ command }) => command !== undefined)).toEqual([]);
});

it("passes every name through a shell as it is, or has no command", async () => {
  const seed = Date.now() % 1e9;
  const roll = diceOf(seed);
  for (let n = 0; n < 60; n++) {
    const [key, to] = [hostileName(roll), `${roll(3) === 0 ? "-" : ""}${hostileName(roll)}`];
    const line = shellCommand("push", [key], [["to", to]]);
    const isHidden = [key, to].some((name) => visibleText(name) !== name);
    expect([seed, line === undefined]).toEqual([seed, isHidden]);
    if (line === undefined) continue;
    expect(visibleText(line)).toBe(line);
    const option = to.startsWith("-") ? [`--to=${to}`] : ["--to", to];
    const words = key.startsWith("-") ? [...option, "--", key] : [key, ...option];
    expect([seed, await argumentsOf(line)]).toEqual([seed, ["push", ...words]]);
  }
});
