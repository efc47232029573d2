// Serverless reads functions from CommonJS files alone; what it gets is in resources.ts.
module.exports = async (serverless) => (await import('./resources.ts')).resources(serverless);
