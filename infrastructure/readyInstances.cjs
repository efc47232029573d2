// Serverless reads functions from CommonJS files alone; what it gets is in rollout.ts.
module.exports = async (serverless) => (await import('./rollout.ts')).readyInstances(serverless);
