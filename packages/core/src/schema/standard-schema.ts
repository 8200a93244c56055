/**
 * The Standard Schema interface, version 1 (https://standardschema.dev), which Zod, Valibot, ArkType and others implement.
 * Copied as types, so that core depends on none of them.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type TypesOf<T extends StandardSchema> = NonNullable<T["~standard"]["types"]>;

/** The type of values to write. */
export type InputOf<T extends StandardSchema> = TypesOf<T>["input"];

/** The type of values as they are stored and read. */
export type OutputOf<T extends StandardSchema> = TypesOf<T>["output"];
