/** Parameters of a stage that are given on the command line of `sls`. */

/** Values by their names. */
export type Parameters = Readonly<Record<string, string | number | boolean>>;

/** What gives them to a command, in the place of those of the stage's file. */
export function parameterFlags(parameters: Parameters): readonly string[] {
  return Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
}
