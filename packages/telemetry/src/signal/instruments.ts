import type { Counter, Histogram, MeterProvider, UpDownCounter } from "@opentelemetry/api";

/** Bucket boundaries in seconds, as the conventions for tools and databases recommend. */
const TOOL_BOUNDARIES = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
const STORAGE_BOUNDARIES = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
/** A mesh in memory answers within microseconds. */
const MESH_BOUNDARIES = [0.0001, 0.0005, ...STORAGE_BOUNDARIES];

export interface Instruments {
  readonly toolDuration: Histogram;
  readonly meshDuration: Histogram;
  readonly storageDuration: Histogram;
  readonly commitSize: Histogram;
  readonly watches: UpDownCounter;
  readonly changes: Counter;
}

export function instrumentsOf(provider: MeterProvider, scope: string): Instruments {
  const meter = provider.getMeter(scope);
  const duration = (name: string, description: string, boundaries: number[]): Histogram =>
    meter.createHistogram(name, {
      description,
      unit: "s",
      advice: { explicitBucketBoundaries: boundaries },
    });
  return {
    toolDuration: duration(
      "gen_ai.execute_tool.duration",
      "The duration of a single tool execution.",
      TOOL_BOUNDARIES,
    ),
    meshDuration: duration(
      "syntha.mesh.operation.duration",
      "The duration of a mesh operation.",
      MESH_BOUNDARIES,
    ),
    storageDuration: duration(
      "db.client.operation.duration",
      "Duration of database client operations.",
      STORAGE_BOUNDARIES,
    ),
    commitSize: meter.createHistogram("syntha.storage.commit.size", {
      description: "Commits in one group.",
      unit: "{commit}",
      advice: { explicitBucketBoundaries: [1, 2, 4, 8, 16, 32, 64, 128, 256] },
    }),
    watches: meter.createUpDownCounter("syntha.mesh.watches", {
      description: "Open watches.",
      unit: "{watch}",
    }),
    changes: meter.createCounter("syntha.mesh.watch.changes", {
      description: "Changes returned by watches.",
      unit: "{change}",
    }),
  };
}
