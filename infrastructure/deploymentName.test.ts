import { expect, it } from 'vitest';
import { nameDeploymentByContent } from './deploymentName.ts';

/** A template of an API with one method, as osls makes it at a time. */
function template(time: number, method: object) {
  const deployment = `ApiGatewayDeployment${time}`;
  return {
    Resources: {
      Method: { Type: 'AWS::ApiGateway::Method', Properties: method },
      Function: { Type: 'AWS::Lambda::Function', Properties: { S3Key: `${time}/predict.zip` } },
      [deployment]: { Type: 'AWS::ApiGateway::Deployment', DependsOn: ['Method'] },
      Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { DeploymentId: { Ref: deployment } } },
      Key: { Type: 'AWS::ApiGateway::ApiKey', DependsOn: [deployment] },
    },
  };
}

/** The new id of the deployment of a template, checked to be wherever the old one was. */
function idIn(given: ReturnType<typeof template>): string {
  const { Resources } = nameDeploymentByContent(given)(given);
  const [id = ''] = Object.keys(Resources).filter((name) =>
    name.startsWith('ApiGatewayDeployment'),
  );
  expect(id).toMatch(/^[A-Za-z0-9]+$/);
  expect(Resources['Stage']).toMatchObject({ Properties: { DeploymentId: { Ref: id } } });
  expect(Resources['Key']).toMatchObject({ DependsOn: [id] });
  return id;
}

it('is the same at another time, whatever the functions are', () => {
  expect(idIn(template(1, { HttpMethod: 'GET' }))).toBe(idIn(template(2, { HttpMethod: 'GET' })));
});

it('is another one when the API is', () => {
  expect(idIn(template(1, { HttpMethod: 'GET' }))).not.toBe(
    idIn(template(1, { HttpMethod: 'POST' })),
  );
});

it('leaves a template without a deployment as it is', () => {
  const none = { Resources: { Bucket: { Type: 'AWS::S3::Bucket' } } };
  expect(nameDeploymentByContent(none)(none)).toBe(none);
});
