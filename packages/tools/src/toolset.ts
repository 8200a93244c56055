/** Groups of tools that are enabled together. */
export const TOOLSETS = ["context", "tasks", "events", "admin"] as const;

export type Toolset = (typeof TOOLSETS)[number];

/** What a call can do to the mesh; frameworks ask a person before a `destroy`. */
export type Effect = "read" | "write" | "destroy";
