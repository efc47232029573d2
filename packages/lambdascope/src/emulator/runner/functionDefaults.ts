/** What a function has unless `serverless.yml` says otherwise: Serverless' defaults. */

/** What runs it. */
export const DEFAULT_RUNTIME = 'nodejs';

/** In megabytes. */
export const DEFAULT_MEMORY = 1024;

/** Time limit, in seconds. */
export const DEFAULT_TIMEOUT = 6;
