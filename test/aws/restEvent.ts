/** Events of API Gateway's REST proxy integration, after the recorded one. */
import event from '../events/predict.json' with { type: 'json' };

/** The event of a request with a JSON body, or without any. */
export function restEvent(method: string, path: string, body?: object): object {
  return {
    ...event,
    httpMethod: method,
    path,
    resource: path,
    requestContext: {
      ...event.requestContext,
      httpMethod: method,
      resourcePath: path,
      path: `/dev${path}`,
    },
    body: body === undefined ? null : JSON.stringify(body),
  };
}
