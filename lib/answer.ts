/** What a handler core gives to the chain: an answer in API Gateway's form. */
export interface Answer {
  statusCode: number;
  headers?: Record<string, string>;
  body: string;
}
