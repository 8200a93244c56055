import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { CompactFlags } from "../keep/compact.ts";
import type { CopyFlags } from "../keep/copy.ts";
import type { DoctorFlags } from "../keep/doctor.ts";
import type { MeshFlags } from "../mesh/mesh-choice.ts";
import { MESH_FLAGS, switchFlag, text, textFlag } from "./flags.ts";

const doctor = buildCommand<DoctorFlags, [], Cli>({
  loader: async () => (await import("../keep/doctor.ts")).checkHealth,
  parameters: {
    flags: { strict: switchFlag("Treat warnings as problems: exit code 3"), ...MESH_FLAGS },
  },
  docs: {
    brief: "Check storage, clock, topics, recipients, tasks and leases",
    fullDescription: "  syntha doctor\n  syntha doctor --strict --json      for monitoring",
  },
});

const verify = buildCommand<MeshFlags, [], Cli>({
  loader: async () => (await import("../keep/verify.ts")).verifyMesh,
  parameters: { flags: MESH_FLAGS },
  docs: {
    brief: "Compare what is stored with what the log says",
    fullDescription: "  syntha verify --tenant acme",
  },
});

const copy = buildCommand<CopyFlags, [], Cli>({
  loader: async () => (await import("../keep/copy.ts")).copyMesh,
  parameters: {
    flags: {
      to: textFlag("URL", "The storage to copy to"),
      toContext: textFlag("NAME", "The saved context to copy to"),
      toTenant: textFlag("ID", "The id of the copy  (default: the same)"),
      ...MESH_FLAGS,
    },
  },
  docs: {
    brief: "Copy a tenant to another storage, or under another id",
    fullDescription: [
      "  syntha copy --to postgres://localhost/mesh",
      "",
      "The mesh may be in use: the copy catches up, and is compared with the source.",
      "A copy that was interrupted continues when it is started again.",
    ].join("\n"),
  },
});

const exportTenant = buildCommand<MeshFlags, [file?: string], Cli>({
  loader: async () => (await import("../keep/export.ts")).exportMesh,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          placeholder: "FILE",
          brief: "The file to write  (default: standard output)",
          parse: text,
          optional: true,
        },
      ],
    },
    flags: MESH_FLAGS,
  },
  docs: {
    brief: "Export a tenant as lines of JSON",
    fullDescription:
      "  syntha export acme.jsonl --tenant acme\n  syntha export | gzip > mesh.jsonl.gz",
  },
});

const importTenant = buildCommand<MeshFlags, [file: string], Cli>({
  loader: async () => (await import("../keep/import.ts")).importMesh,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { placeholder: "FILE", brief: "What export wrote; - for standard input", parse: text },
      ],
    },
    flags: MESH_FLAGS,
  },
  docs: {
    brief: "Import a tenant that export wrote",
    fullDescription:
      "  syntha import acme.jsonl --storage sqlite:new.db\n  gunzip < mesh.jsonl.gz | syntha import -",
  },
});

const compact = buildCommand<CompactFlags, [], Cli>({
  loader: async () => (await import("../keep/compact.ts")).compactMesh,
  parameters: {
    flags: {
      log: textFlag("TIME", "Keep the log this long, such as 7d"),
      history: textFlag("TIME", "Keep histories this long"),
      events: textFlag("TIME", "Keep events this long"),
      ...MESH_FLAGS,
    },
  },
  docs: {
    brief: "Remove old entries of the log and of histories, and old events",
    fullDescription: [
      "  syntha compact --log 7d --history 7d --events 30d",
      "",
      "What is not named is kept. Cursors before the log's new start become invalid.",
    ].join("\n"),
  },
});

export const KEEP = { doctor, verify, copy, export: exportTenant, import: importTenant, compact };
