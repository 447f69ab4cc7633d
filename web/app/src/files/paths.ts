/** Give where a file lies at this very host: links name the address that the service is known by,
 * and the policy of the pages shows what comes from their own alone. */
export function ownPath(url: string): string {
  const { pathname, search } = new URL(url, window.location.href);
  return `${pathname}${search}`;
}
