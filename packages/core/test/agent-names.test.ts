import { ContextMesh, isSynthaError } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { checkAgentName, isReservedName } from "../src/text/agent-name.ts";

/** Names that a person or a model takes for the system's. */
const RESERVED = [
  ["system", "System", "SYSTEM", " system ", "system:", "[system]", "<system>", "# System"],
  ["sys-tem", "s y s t e m", "ｓｙｓｔｅｍ", "𝐒𝐲𝐬𝐭𝐞𝐦", "sуstеm", "ЅУЅТЕМ", "sys\u200Btem"],
  ["\u202Esystem", "sys\u00ADtem", "systém", "sy\uFB06em", "ＳＹＳＴＥＭ\u{E0041}"],
].flat();

const FREE = [
  ["Triage", "systems", "System 2", "Subsystem", "ecosystem", "sys", "stem", "user", "null"],
  ["Сергей", "システム", "m", "😀😀😀😀😀😀"],
].flat();

/** Every way in which a name of an agent comes into a mesh. */
const ENTRANCES: Readonly<Record<string, (mesh: ContextMesh, name: string) => unknown>> = {
  "mesh.agent": (mesh, name) => mesh.agent(name),
  "a push": (mesh, name) => mesh.system.push("it", 1, { subscribers: ["Bea", name] }),
  "a batch": (mesh, name) => mesh.system.pushMany([{ key: "it", value: 1, subscribers: [name] }]),
  "an update": (mesh, name) => mesh.system.update("it", () => 1, { subscribers: [name] }),
  "an event": (mesh, name) => mesh.system.publish("happened", 1, { subscribers: [name] }),
  "a default route": (_, name) => new ContextMesh({ defaultRoute: { subscribers: [name] } }),
  "a completion": async (mesh, name) => {
    await mesh.system.push("task", 1, { global: true });
    const lease = await mesh.system.claim({ key: "task" });
    return lease?.complete("done", { subscribers: [name] });
  },
  "an event of a completion": async (mesh, name) => {
    await mesh.system.push("task", 1, { global: true });
    const lease = await mesh.system.claim({ key: "task" });
    return lease?.complete("", { events: [{ type: "done", data: 1, subscribers: [name] }] });
  },
  permissions: (mesh, name) => mesh.setPermissions(name, null),
  "a look at permissions": (mesh, name) => mesh.permissions(name),
  limits: (_, name) => new ContextMesh({ limits: { agents: { [name]: { items: 1 } } } }),
  "an explanation": (mesh, name) => mesh.system.explain(name, "it"),
  "a filter by author": (mesh, name) => mesh.system.list({ author: name }),
};

describe("reserved agent names", () => {
  it.each(RESERVED)("refuses %j", (name) => {
    expect(isReservedName(name)).toBe(true);
    expect(() => checkAgentName(name)).toThrow(
      expect.objectContaining({
        code: "INVALID_ARGUMENTS",
        message: expect.stringMatching(/^The agent name ".*" is reserved\.$/),
        hint: expect.stringMatching(/./),
      }),
    );
  });

  it.each(FREE)("accepts %j", (name) => {
    expect(isReservedName(name)).toBe(false);
    checkAgentName(name);
  });

  it.each(Object.keys(ENTRANCES))("refuses a reserved name in %s", async (entrance) => {
    const mesh = new ContextMesh();
    await ENTRANCES[entrance]!(mesh, "Triage");
    for (const name of ["system", "SYSTEM", "sуstеm"]) {
      const refusal = await Promise.resolve()
        .then(() => ENTRANCES[entrance]!(mesh, name))
        .catch((error: unknown) => error);
      expect(isSynthaError(refusal, "INVALID_ARGUMENTS") && refusal.message).toMatch(/reserved/);
    }
    await mesh.close();
  });

  it("allows the name as a topic, a key and an event type", async () => {
    const mesh = new ContextMesh();
    await mesh.system.push("system", 1, { topics: ["system"] });
    await mesh.system.publish("system", 1, { topics: ["system"] });
    expect(await mesh.system.keys()).toEqual(["system"]);
    await mesh.close();
  });
});
