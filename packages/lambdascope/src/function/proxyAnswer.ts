/** What API Gateway takes for an answer of a Lambda proxy integration; it makes anything else a 502. */

/** Characters of a header's name, and those that its value may not have (RFC 9110, 5.6.2 and 5.5). */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const NOT_IN_A_HEADER = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * What is wrong with a function's result as an answer, for whoever reads the log; nothing, when it
 * can be sent. See "Output format of a Lambda function for proxy integration" in API Gateway's guide.
 */
export function answerFault(result: unknown): string | undefined {
  if (!isRecord(result)) return 'it is not an object';
  const { statusCode, headers, multiValueHeaders, body } = result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    return 'statusCode is not a number from 200 to 599';
  }
  if (body !== undefined && body !== null && typeof body !== 'string') {
    return 'body is not a string';
  }
  return headersFault(headers) ?? headersFault(multiValueHeaders);
}

function headersFault(headers: unknown): string | undefined {
  if (headers === undefined || headers === null) return undefined;
  if (!isRecord(headers)) return 'headers is not an object';
  for (const name in headers) {
    const value = headers[name];
    const values = Array.isArray(value) ? value : [value];
    if (!HEADER_NAME.test(name) || values.some((one) => NOT_IN_A_HEADER.test(String(one)))) {
      return `the header ${JSON.stringify(name)} cannot be sent`;
    }
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
