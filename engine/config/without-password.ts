/** What is shown in a secret's place. */
export const hidden = "(hidden)";

/** `postgres://coppice:(hidden)@host/db`; whatever stands between the first colon and the last @ is the password. */
export function withoutPassword(address: string): string {
  return address
    .replace(/^([a-z]+:\/\/[^:@/?#]*:).*@/i, `$1${hidden}@`)
    .replaceAll(/([?&](?:password|sslpassword)=)[^&]*/gi, `$1${hidden}`);
}
