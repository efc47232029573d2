/** Serverless plugin that leaves a package as it was where nothing has changed, so that `sls deploy` can tell. */
import { type CompiledTemplate, nameDeploymentByContent } from './deploymentName.ts';

/** The part of a Serverless instance that is renamed in. */
interface Serverless {
  readonly service: {
    readonly provider: { compiledCloudFormationTemplate: CompiledTemplate };
    /** The section `resources`; deployed with the template, as the state of the service. */
    resources: object;
  };
}

export default class InfrastructurePlugin {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor({ service }: Serverless) {
    this.hooks = {
      // The template is whole then, and not yet written.
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { provider } = service;
        const rename = nameDeploymentByContent(provider.compiledCloudFormationTemplate);
        provider.compiledCloudFormationTemplate = rename(provider.compiledCloudFormationTemplate);
        service.resources = rename(service.resources);
      },
    };
  }
}
