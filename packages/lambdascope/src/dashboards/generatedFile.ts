/** A file that is generated for a service. */
export interface GeneratedFile {
  /** Path from the folder of generated files. */
  readonly path: string;
  readonly content: string;
}
