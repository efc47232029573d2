/** Opens the live page in a browser that notes what must not happen. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page and what it did that it must not. */
export interface OpenPage {
  readonly page: Page;
  /** Errors on the console, but for requests to a server that is not there. */
  readonly complaints: readonly string[];
  /** Requests to anywhere but the page's own server. */
  readonly foreign: readonly string[];
}

/** What a browser says of a server that has gone. */
const GONE = /ERR_(?:CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE)/;

/**
 * Opens the page in a context of its own.
 *
 * @param view as the page's address has it after the slash: `#/requests`
 */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  view = '',
): Promise<OpenPage> {
  const page = await (await browser.newContext(options)).newPage();
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !GONE.test(text)) complaints.push(text);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) foreign.push(request.url());
  });
  await page.goto(`${url}/${view}`);
  return { page, complaints, foreign };
}
