import { UsageError } from "@syntha/mcp/storage";
import type { Cli } from "../cli.ts";
import { DEFAULT_TENANT, type MeshFlags, unknownContext } from "../mesh/mesh-choice.ts";
import {
  contextsPath,
  readContexts,
  withoutPassword,
  writeContexts,
} from "../mesh/saved-contexts.ts";
import { toSharedUrl } from "../mesh/storage-url.ts";
import { visible } from "../terminal/escape.ts";
import { table } from "../terminal/table.ts";

export type SaveFlags = Omit<MeshFlags, "context">;

/** `syntha context save` */
export async function saveContext(this: Cli, flags: SaveFlags, name: string): Promise<void> {
  const storage = flags.storage ?? this.env["SYNTHA_STORAGE"];
  if (!storage) throw new UsageError("Name the storage: --storage sqlite:mesh.db or postgres://…");
  const tenant = flags.tenant ?? this.env["SYNTHA_TENANT"];
  const { contexts } = await readContexts(this);
  const saved = { storage: toSharedUrl(this, storage), ...(tenant !== undefined && { tenant }) };
  await writeContexts(this, { current: name, contexts: { ...contexts, [name]: saved } });
  if (flags.json) return this.out.json({ name, storage: withoutPassword(saved.storage), tenant });
  this.out.print(
    `${this.out.paint("green", "✓")} saved, and in use: ${visible(name)}, ${visible(withoutPassword(saved.storage))}`,
  );
}

/** `syntha context use` */
export async function useContext(
  this: Cli,
  flags: { readonly json?: boolean | undefined },
  name: string,
): Promise<void> {
  const { contexts } = await readContexts(this);
  if (!Object.hasOwn(contexts, name)) throw unknownContext(name, Object.keys(contexts));
  await writeContexts(this, { current: name, contexts });
  if (flags.json) this.out.json({ name });
  else this.out.print(`${this.out.paint("green", "✓")} in use: ${visible(name)}`);
}

/** `syntha context rm` */
export async function removeContext(
  this: Cli,
  flags: { readonly json?: boolean | undefined },
  name: string,
): Promise<void> {
  const { contexts, current } = await readContexts(this);
  if (!Object.hasOwn(contexts, name)) throw unknownContext(name, Object.keys(contexts));
  const { [name]: _, ...rest } = contexts;
  await writeContexts(this, { contexts: rest, ...(current !== name && { current }) });
  if (flags.json) this.out.json({ name });
  else this.out.print(`${this.out.paint("green", "✓")} removed: ${visible(name)}`);
}

/** `syntha context list` */
export async function listContexts(
  this: Cli,
  flags: { readonly json?: boolean | undefined },
): Promise<void> {
  const { contexts, current } = await readContexts(this);
  const rows = Object.entries(contexts).map(([name, { storage, tenant = DEFAULT_TENANT }]) => ({
    name,
    storage: withoutPassword(storage),
    tenant,
    current: name === current,
  }));
  if (flags.json) return this.out.jsonAll(rows);
  const { paint, width } = this.out;
  if (rows.length === 0)
    return this.out.print(
      paint("dim", "No saved contexts. syntha context save NAME --storage URL saves one."),
    );
  this.out.print(
    table(
      [
        { title: "" },
        { title: "NAME", min: 8 },
        { title: "STORAGE", min: 20 },
        { title: "TENANT", min: 8 },
      ],
      rows.map((row) => [
        row.current ? ["▸", "green"] : "",
        [visible(row.name), "bold"],
        visible(row.storage),
        visible(row.tenant),
      ]),
      { paint, width },
    ),
    paint("dim", `Kept in ${contextsPath(this)}`),
  );
}
