/**
 * A generated custom resource type as it stands in YAML: enum members as their strings. The generated modules are then
 * imported as types only and cost nothing at run time.
 */
export type AsYaml<T> = T extends string ? `${T}` : T extends object ? { [K in keyof T]: AsYaml<T[K]> } : T;
