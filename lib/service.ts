/** The name and version that the service gives itself. */
import packageJson from '../package.json' with { type: 'json' };

export const service = { name: 'lambdascope', version: packageJson.version } as const;
